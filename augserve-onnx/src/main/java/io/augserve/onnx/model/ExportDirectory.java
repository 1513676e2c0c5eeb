package io.augserve.onnx.model;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A model that somebody exported to ONNX: the graph's file, and what the JSON files beside it say. Immutable; no file stays open.
 *
 * @param path the directory, where the tokenizer is
 * @param model the ONNX file
 * @param config {@code genai_config.json} or {@code config.json}, for messages
 * @param names of the graph's inputs and outputs
 * @param contextLength the longest context that the model is made for, in tokens
 * @param headSize width of a head, if it is said
 * @param vocabSize columns of the logits, if it is said
 * @param eosIds the tokens that end a text; may be empty
 * @param generation how the model's authors want it sampled
 */
public record ExportDirectory(Path path, Path model, Path config, ExportNames names, int contextLength,
        OptionalInt headSize, OptionalInt vocabSize, List<Integer> eosIds, GenerationDefaults generation) {
    private static final String GENAI = "genai_config.json";
    private static final String HUGGING_FACE = "config.json";
    private static final String FOLDER = "onnx";
    private static final String SUFFIX = ".onnx";

    /** Takes an immutable copy of the list. */
    public ExportDirectory {
        eosIds = List.copyOf(eosIds);
    }

    /**
     * Looks for an export. A path that ends in {@code .onnx} is one. A directory with safetensors files is none, whatever else is in it;
     * otherwise what {@code genai_config.json} names, {@code model.onnx} and {@code onnx/model.onnx} are looked for in this order.
     *
     * @throws ModelFormatException if a JSON file is damaged or does not say what is needed
     */
    public static Optional<ExportDirectory> find(Path path) {
        if (path.toString().endsWith(SUFFIX) && !Files.isDirectory(path)) {
            Path folder = path.toAbsolutePath().getParent();
            if (folder == null || !Files.exists(path)) {
                throw new ModelFormatException(path, "file", "no such file", "an ONNX model");
            }
            boolean above = folder.endsWith(FOLDER) && Files.notExists(folder.resolve(HUGGING_FACE))
                    && folder.getParent() != null;
            return Optional.of(read(above ? folder.resolveSibling("") : folder, path));
        }
        if (Weights.isIn(path)) {
            return Optional.empty();
        }
        Path genai = path.resolve(GENAI);
        if (Files.exists(genai)) {
            JsonFields decoder = StrictJson.read(genai).requireObject("model").requireObject("decoder");
            return Optional.of(read(path, path.resolve(fileName(decoder))));
        }
        return Stream.of(path.resolve("model.onnx"), path.resolve(FOLDER).resolve("model.onnx")).filter(Files::exists)
                .findFirst().map(model -> read(path, model));
    }

    private static String fileName(JsonFields decoder) {
        String name = decoder.optionalString("filename").orElse("model.onnx");
        try {
            if (Path.of(name).getNameCount() == 1 && !Path.of(name).isAbsolute() && !name.equals("..")) {
                return name;
            }
        } catch (InvalidPathException e) { // reported below like any other wrong name
        }
        throw decoder.problem("filename", name, "the name of a file in the model's directory");
    }

    private static ExportDirectory read(Path directory, Path model) {
        GenerationDefaults generation = GenerationDefaults.read(directory.resolve("generation_config.json"));
        Path genai = directory.resolve(GENAI);
        return Files.exists(genai)
                ? genai(directory, model, StrictJson.read(genai), generation)
                : huggingFace(directory, model, StrictJson.read(directory.resolve(HUGGING_FACE)), generation);
    }

    private static ExportDirectory genai(Path directory, Path model, JsonFields root, GenerationDefaults generation) {
        JsonFields fields = root.requireObject("model");
        JsonFields decoder = fields.requireObject("decoder");
        GenerationDefaults search = generation.equals(GenerationDefaults.none())
                ? root.optionalObject("search").map(GenerationDefaults::of).orElse(generation)
                : generation;
        return new ExportDirectory(directory, model, root.file(), ExportNames.read(decoder),
                fields.requireInt("context_length", 1), decoder.optionalInt("head_size", 1),
                fields.optionalInt("vocab_size", 1), ends(generation, fields), search);
    }

    private static ExportDirectory huggingFace(Path directory, Path model, JsonFields fields,
            GenerationDefaults generation) {
        return new ExportDirectory(directory, model, fields.file(), ExportNames.USUAL,
                fields.requireInt("max_position_embeddings", 1), fields.optionalInt("head_dim", 1),
                fields.optionalInt("vocab_size", 1), ends(generation, fields), generation);
    }

    private static List<Integer> ends(GenerationDefaults generation, JsonFields fields) {
        return generation.eosIds().isEmpty() ? fields.oneOrMoreInts("eos_token_id", 0) : generation.eosIds();
    }
}
