package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.augserve.AugServe;
import io.augserve.engine.Ticker;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.profile.Profiler;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an engine does that is asked for a GPU: with one, the same as on the processor; without one, nothing but saying why. */
class CudaEngineTest {
    @TempDir
    Path folder;

    @Test
    void aLibraryWithoutCudaLeavesNothingOpen() throws IOException {
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        try (OnnxEngine processor = OnnxEngine.builder(folder).warmUp(false).build()) {
            assertThat(processor.kvCache().free()).isPositive();
        }
        Path library = OrtLibrary.bundled().file();
        for (Path where : new Path[]{library, library.getParent()}) {
            assertThatThrownBy(() -> OnnxEngine.builder(folder).device(Device.cuda(0)).library(where).build())
                    .isInstanceOf(OnnxEngineException.class)
                    .hasMessageStartingWith("CUDA device 0 cannot be used: this library was built without CUDA")
                    .hasMessageContaining(library.toString());
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.weights");
    }

    /** The device is asked for before a model is read. */
    @Test
    void theDeviceIsLookedAtFirst() {
        Path library = OrtLibrary.bundled().file();
        assertThatThrownBy(() -> OnnxEngine.builder(folder.resolve("none")).device(Device.cuda(0)).library(library)
                .build()).isInstanceOf(OnnxEngineException.class).hasMessageContaining("without CUDA");
    }

    @Test
    void aFolderWithoutALibraryIsNamed() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> OnnxEngine.builder(folder).library(empty).build())
                .isInstanceOf(OnnxEngineException.class).hasMessageContaining("libonnxruntime.so in " + empty);
    }

    /** Skipped unless the library that engines run on here can use a GPU; {@code augserve gpu-check} does more. */
    @Nested
    class WithADevice {
        private static final double TOLERANCE = 0.05;

        @BeforeAll
        static void requireDevice() {
            try (OrtEnvironment environment = OrtEnvironment
                    .create(OrtLibrary.find(Optional.empty(), Device.cuda(0).memory()))) {
                environment.requireDevice(Device.cuda(0).memory());
            } catch (OrtException e) {
                assumeTrue(false, () -> "skipped, because " + e.getMessage());
            }
        }

        @ParameterizedTest
        @EnumSource(Family.class)
        void probabilitiesAreNearlyThoseOfTheProcessor(Family family) throws IOException {
            RandomCheckpoint.of(family).withDtype("F16").writeTo(folder);
            OutputToken expected = first(Device.cpu(), WeightFormat.AS_STORED);
            OutputToken actual = first(Device.cuda(0), WeightFormat.FP16);
            double worst = expected.top().stream().flatMapToDouble(a -> actual.top().stream()
                    .filter(b -> b.token() == a.token()).mapToDouble(b -> Math.abs(a.logProb() - b.logProb()))).max()
                    .orElseThrow();
            assertThat(worst).isLessThan(TOLERANCE);
        }

        private OutputToken first(Device device, WeightFormat weights) {
            try (AugServe server = AugServe.builder(OnnxEngine.builder(folder).device(device).weights(weights)
                    .kvCacheTokens(1024).warmUp(false).build()).build()) {
                return server.submit(GenerationRequest.tokens(new Random(1).ints(60, 0, 64).toArray())
                        .sampling(SamplingOptions.builder().maxTokens(1).ignoreEnd(true).logProbs(20).build()).build())
                        .join().tokens().getFirst();
            }
        }

        @Test
        void swapsAreMeasured() throws IOException {
            RandomCheckpoint.of(Family.LLAMA).withDtype("F16").writeTo(folder);
            try (OnnxEngine engine = OnnxEngine.builder(folder).device(Device.cuda(0)).hostKvBytes(64 << 20).build()) {
                assertThat(Profiler.measure(engine, Ticker.system(), Duration.ofMillis(200)).swapSecondsPerToken())
                        .isPositive();
            }
        }
    }
}
