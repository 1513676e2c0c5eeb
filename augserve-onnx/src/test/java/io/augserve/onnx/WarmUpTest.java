package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.engine.KvCache;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A warm engine is like a cold one but for the time that its first step takes. */
class WarmUpTest {
    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        RandomCheckpoint.of(Family.QWEN2_SLIDING).writeTo(directory);
    }

    /** The last rows: one block in all; steps of one token; a sequence of one token. */
    @ParameterizedTest
    @CsvSource({"16, 512, 128, 256", "16, 512, 128, 16", "4, 1, 20, 20", "1, 3, 1, 1"})
    void nothingIsReservedAfterwards(int blockSize, int batchTokens, int context, int cacheTokens) {
        try (OnnxEngine engine = OnnxEngine.builder(directory).blockSize(blockSize).maxBatchTokens(batchTokens)
                .maxContext(context).kvCacheTokens(cacheTokens).build()) {
            KvCache kv = engine.kvCache();
            assertThat(kv.free()).isEqualTo(kv.capacity());
            assertThat(kv.held(-1)).isZero();
        }
    }

    @Test
    void requestsSayTheSameWithAndWithoutIt() {
        assertThat(said(true)).isEqualTo(said(false)).hasSize(40);
    }

    private List<Integer> said(boolean warmUp) {
        SamplingOptions sampling = SamplingOptions.builder().temperature(1).seed(3).repetitionPenalty(1.1)
                .presencePenalty(0.5).ignoreEnd(true).maxTokens(40).build();
        try (AugServe server = AugServe.builder(OnnxEngine.builder(directory).warmUp(warmUp).build()).build()) {
            GenerationResult result = server
                    .submit(GenerationRequest.tokens(5, 9, 0, 11).sampling(sampling).build()).join();
            return result.tokens().stream().map(OutputToken::token).toList();
        }
    }
}
