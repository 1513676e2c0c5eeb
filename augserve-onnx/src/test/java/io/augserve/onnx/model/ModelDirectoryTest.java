package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        RandomCheckpoint.of(Family.LLAMA).writeTo(directory);
    }

    @Test
    void opensAWholeDirectory() {
        ModelDirectory model = ModelDirectory.open(directory);
        assertThat(model.config().architecture()).isEqualTo(Architecture.LLAMA);
        assertThat(model.weights().find("model.norm.weight")).isPresent();
        assertThat(model.generation())
                .isEqualTo(new GenerationDefaults(List.of(2, 3), true, 0.6, 0, 0.9, 1, OptionalInt.empty()));
        assertThat(model.eosIds()).containsExactly(2, 3);
    }

    @Test
    void generationDefaultsAreOptional() throws IOException {
        Files.delete(directory.resolve("generation_config.json"));
        ModelDirectory model = ModelDirectory.open(directory);
        assertThat(model.generation()).isEqualTo(GenerationDefaults.none());
        assertThat(model.eosIds()).containsExactly(2);
    }

    @Test
    void aWrongGenerationDefaultIsNamed() throws IOException {
        Files.writeString(directory.resolve("generation_config.json"), "{\"top_p\": 1.5}");
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining("generation_config.json: field top_p: found 1.5");
    }

    @Test
    void whatSamplingDoesNotTakeIsNamedWhenItIsRead() throws IOException {
        Files.writeString(directory.resolve("generation_config.json"), "{\"temperature\": 1e300}");
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining("field temperature: found 1.0E300, expected a number from 0.0 to 100.0");
        Files.writeString(directory.resolve("generation_config.json"), "{\"repetition_penalty\": 1e6}");
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining("field repetition_penalty: found 1000000.0, expected less than 1000000.0");
    }

    @Test
    void aMissingConfigurationIsNamed() throws IOException {
        Files.delete(directory.resolve("config.json"));
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining("config.json: file: found no such file");
    }

    @Test
    void refusesAPathThatIsNoDirectory() {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelDirectory.open(directory.resolve("config.json")))
                .withMessageContaining("found no directory, expected a Hugging Face model directory");
    }
}
