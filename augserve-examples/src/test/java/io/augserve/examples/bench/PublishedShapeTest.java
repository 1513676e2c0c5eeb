package io.augserve.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.RandomWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedShapeTest {
    @TempDir
    Path directory;

    /** The models' cards give the same parameters: 135M, 0.49B, 1.24B (the output layer is the embedding), 8.03B. */
    @ParameterizedTest
    @CsvSource({"SmolLM2-135M,134515008", "Qwen2.5-0.5B,494032768", "Llama-3.2-1B,1235814400",
            "Llama-3.1-8B,8030261248"})
    void hasAsManyParametersAsPublished(String title, long parameters) throws IOException {
        PublishedShape shape = PublishedShape.named(title).orElseThrow();
        Files.writeString(directory.resolve("config.json"), shape.config());
        assertThat(RandomWeights.bytes(directory)).isEqualTo(2 * parameters);
    }
}
