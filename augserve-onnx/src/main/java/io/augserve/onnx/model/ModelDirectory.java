package io.augserve.onnx.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Hugging Face model directory, read and checked file by file. Immutable; no file stays open. Whether the weights fit
 * the configuration is checked where the graph is built from both.
 *
 * @param path the directory
 * @param config {@code config.json}
 * @param generation {@code generation_config.json}, or its neutral values
 * @param weights the safetensors files
 */
public record ModelDirectory(Path path, ModelConfig config, GenerationDefaults generation, Weights weights) {
    /**
     * Reads a directory.
     *
     * @throws ModelFormatException if {@code path} is no directory or a file in it is missing, damaged or unsupported
     */
    public static ModelDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new ModelFormatException(path, "path", "no directory", "a Hugging Face model directory");
        }
        return new ModelDirectory(path, ModelConfig.read(path.resolve("config.json")),
                GenerationDefaults.read(path.resolve("generation_config.json")), Weights.open(path));
    }

    /** The tokens that end a text: those for generation if they are given, otherwise the configuration's. */
    public List<Integer> eosIds() {
        return generation.eosIds().isEmpty() ? config.eosIds() : generation.eosIds();
    }
}
