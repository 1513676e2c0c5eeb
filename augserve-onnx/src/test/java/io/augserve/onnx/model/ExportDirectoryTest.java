package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportDirectoryTest {
    private static final String HUGGING_FACE = """
            {"max_position_embeddings": 64, "vocab_size": 9, "eos_token_id": 5}""";

    @TempDir
    Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private ExportDirectory found() {
        return ExportDirectory.find(folder).orElseThrow();
    }

    @Test
    void filesAreLookedForInOrder() throws IOException {
        assertThat(ExportDirectory.find(folder)).isEmpty();
        write("config.json", HUGGING_FACE);
        write("onnx/model.onnx", "");
        assertThat(found().model()).isEqualTo(folder.resolve("onnx/model.onnx"));
        write("model.onnx", "");
        assertThat(found().model()).isEqualTo(folder.resolve("model.onnx"));
        write("genai_config.json", """
                {"model": {"context_length": 32, "decoder": {"filename": "other.onnx"}}}""");
        assertThat(found().model()).isEqualTo(folder.resolve("other.onnx"));
        write("model.safetensors", "");
        assertThat(ExportDirectory.find(folder)).isEmpty();
        assertThat(ExportDirectory.find(folder.resolve("onnx/model.onnx")).orElseThrow().path()).isEqualTo(folder);
    }

    @Test
    void huggingFacesFilesAreRead() throws IOException {
        write("config.json", HUGGING_FACE);
        write("model.onnx", "");
        assertThat(found().contextLength()).isEqualTo(64);
        assertThat(found().eosIds()).containsExactly(5);
        assertThat(found().names()).isEqualTo(ExportNames.USUAL);
        write("generation_config.json", """
                {"eos_token_id": [6, 7], "top_k": 3}""");
        assertThat(found().eosIds()).containsExactly(6, 7);
        assertThat(found().generation().topK()).isEqualTo(3);
    }

    @Test
    void genaisFileIsRead() throws IOException {
        write("genai_config.json",
                """
                        {"model": {"context_length": 32, "eos_token_id": 4, "vocab_size": 8, "decoder": {"head_size": 16,
                        "inputs": {"past_key_names": "cache.%d.k"}, "outputs": {"logits": "scores"}}}, "search": {"top_k": 7}}""");
        write("model.onnx", "");
        ExportDirectory export = found();
        assertThat(export.names().logits()).isEqualTo("scores");
        assertThat(ExportNames.of(export.names().pastKeys(), 3)).isEqualTo("cache.3.k");
        assertThat(export.headSize()).hasValue(16);
        assertThat(export.vocabSize()).hasValue(8);
        assertThat(export.eosIds()).containsExactly(4);
        assertThat(export.generation().topK()).isEqualTo(7);
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        write("model.onnx", "");
        assertProblem("config.json: file: found no such file");
        write("config.json", "{}");
        assertProblem("field max_position_embeddings: found nothing");
        write("genai_config.json", """
                {"model": {"context_length": 32, "decoder": {"filename": "../model.onnx"}}}""");
        assertProblem("field model.decoder.filename: found ../model.onnx, expected the name of a file");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ExportDirectory.find(folder.resolve("nothing.onnx")))
                .withMessageContaining("nothing.onnx: file: found no such file");
    }

    private void assertProblem(String message) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(this::found).withMessageContaining(message);
    }
}
