package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {
    @TempDir
    private Path directory;

    @Test
    void shardsHoldTheSameTensorsAsOneFile() throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.QWEN2);
        Weights one = Weights.open(checkpoint.writeTo(Files.createDirectory(directory.resolve("one"))));
        Weights three = Weights.open(checkpoint.withShards(3).writeTo(Files.createDirectory(directory.resolve("3"))));
        assertThat(three.names()).containsExactlyInAnyOrderElementsOf(one.names());
        assertThat(three.names().stream().map(n -> three.find(n).orElseThrow().file()).distinct()).hasSize(3);
        assertThat(three.source().getFileName()).hasToString("model.safetensors.index.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/etc/model.safetensors", "sub/model.safetensors", "..", ".", "",
            "..\\\\model.safetensors", "a\\u0000b"})
    void shardNamesStayInTheDirectory(String name) throws IOException {
        writeIndex(SafetensorsBytes.index(Map.of("t", name)));
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Weights.open(directory))
                .withMessageContaining("model.safetensors.index.json: field weight_map.t: found ")
                .withMessageContaining("expected the name of a file in the model's directory");
    }

    @Test
    void namesAMissingShard() throws IOException {
        writeIndex(SafetensorsBytes.index(Map.of("t", "gone.safetensors")));
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Weights.open(directory))
                .withMessageContaining("gone.safetensors: file: found no such file");
    }

    @Test
    void namesATensorThatItsShardLacks() throws IOException {
        Files.write(directory.resolve("s.safetensors"), SafetensorsBytes.file("{}", new byte[0]));
        writeIndex(SafetensorsBytes.index(Map.of("t", "s.safetensors")));
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Weights.open(directory))
                .withMessageContaining("s.safetensors: tensor t: found nothing");
    }

    @Test
    void refusesAnIndexWithoutMap() throws IOException {
        writeIndex("{\"metadata\": {}}");
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Weights.open(directory))
                .withMessageContaining("field weight_map: found nothing, expected an object");
    }

    @Test
    void saysWhichFilesADirectoryShouldHave() {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Weights.open(directory))
                .withMessageEndingWith(
                        "found no weights, expected model.safetensors, model.safetensors.index.json or model.onnx");
    }

    private void writeIndex(String json) throws IOException {
        Files.writeString(directory.resolve("model.safetensors.index.json"), json);
    }
}
