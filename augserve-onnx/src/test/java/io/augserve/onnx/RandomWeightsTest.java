package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Batch;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.request.SamplingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random weights load and step, whatever tensors a family has. */
class RandomWeightsTest {
    @TempDir
    Path directory;

    private static ForcedSequence four() {
        ForcedSequence sequence = new ForcedSequence(1, position -> 7 * position + 3, SamplingOptions.greedy());
        sequence.know(4);
        return sequence;
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void loadAndStep(Family family) throws IOException {
        Files.writeString(directory.resolve("config.json"), RandomCheckpoint.of(family).config());
        RandomWeights.write(directory, 1);
        try (OnnxEngine engine = OnnxEngine.builder(directory).threads(1).warmUp(false).build()) {
            assertThatThrownBy(() -> engine.meter().last()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> engine.meter().repeat()).isInstanceOf(IllegalStateException.class);
            engine.kvCache().reserve(1, 4);
            StepOutcome whole = engine.step(new Batch(List.of(new Slice(four(), 0, 4))));
            assertThat(whole).isInstanceOfSatisfying(StepOutcome.Completed.class,
                    completed -> assertThat(completed.samples()).singleElement().isInstanceOf(Sample.Token.class));
            StepTime time = engine.meter().last();
            assertThat(time.assemble()).isNotNegative();
            assertThat(time.run()).isNotNegative();
            assertThat(time.sample()).isNotNegative();
            // Again in two steps, the first without logits, with a repetition in between: the cache is as it was.
            engine.step(new Batch(List.of(new Slice(four(), 0, 3))));
            engine.meter().repeat();
            assertThat(engine.step(new Batch(List.of(new Slice(four(), 3, 1))))).isEqualTo(whole);
            engine.meter().repeat();
            assertThat(engine.step(new Batch(List.of(new Slice(four(), 3, 1))))).isEqualTo(whole);
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        Files.writeString(directory.resolve("config.json"), RandomCheckpoint.of(Family.LLAMA).config());
        Path file = directory.resolve("model.safetensors");
        RandomWeights.write(directory, 1);
        byte[] one = Files.readAllBytes(file);
        RandomWeights.write(directory, 2);
        assertThat(Files.readAllBytes(file)).isNotEqualTo(one).hasSameSizeAs(one);
        RandomWeights.write(directory, 1);
        assertThat(Files.readAllBytes(file)).isEqualTo(one);
        assertThat((long) one.length - RandomWeights.bytes(directory)).isBetween(1L, 8192L);
    }

    /**
     * Matrices as they are stored, in bf16: 2 layers of 32 x (64 + 32 + 32 + 64) + 3 x 32 x 48, an output layer of 64 x 32. Norms in fp32: 2 of
     * 32 a layer and one more.
     */
    @Test
    void aStepReadsAllWeightsButTheRowsThatItDoesNotLookUp() throws IOException {
        Files.writeString(directory.resolve("config.json"), RandomCheckpoint.of(Family.LLAMA).config());
        RandomWeights.write(directory, 1);
        try (OnnxEngine engine = OnnxEngine.builder(directory).threads(1).warmUp(false).build()) {
            assertThat(engine.meter().weightBytes())
                    .isEqualTo(2L * (2 * (32 * 192 + 3 * 32 * 48) + 64 * 32) + 4L * (2 * 64 + 32));
        }
    }

    @Test
    void refusesWhatItCannotServe() {
        assertThatThrownBy(() -> RandomWeights.write(directory, 1)).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json");
    }
}
