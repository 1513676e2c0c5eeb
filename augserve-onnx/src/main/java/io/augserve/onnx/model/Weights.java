package io.augserve.onnx.model;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All weights of a checkpoint by name, whether they lie in one {@code model.safetensors} or in several shards listed by
 * {@code model.safetensors.index.json}. Immutable; holds positions, no data and no open file.
 */
public final class Weights {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path source;
    private final Map<String, WeightTensor> tensors;

    private Weights(Path source, Map<String, WeightTensor> tensors) {
        this.source = source;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /** Whether a directory has safetensors files. */
    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(SINGLE)) || Files.exists(directory.resolve(INDEX));
    }

    /**
     * Reads the headers of a directory's safetensors files. A single file is preferred to an index, as in Hugging Face's
     * own loader. Shard names must be plain file names.
     *
     * @throws ModelFormatException if there is neither, a shard is missing, damaged or named outside the directory, or
     *             the index lists a tensor that its shard does not hold
     */
    public static Weights open(Path directory) {
        Path single = directory.resolve(SINGLE);
        if (Files.exists(single)) {
            return new Weights(single, new LinkedHashMap<>(SafetensorsFile.read(single).tensors()));
        }
        Path index = directory.resolve(INDEX);
        if (Files.exists(index)) {
            return sharded(index);
        }
        throw new ModelFormatException(directory, "directory", "no weights", SINGLE + ", " + INDEX + " or model.onnx");
    }

    /** The file that a message about a missing tensor should name: the single file, or the index of the shards. */
    public Path source() {
        return source;
    }

    /** The names of all tensors, in the checkpoint's order. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** The tensor of that name, if the checkpoint has it. */
    public Optional<WeightTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    private static Weights sharded(Path index) {
        JsonFields map = StrictJson.read(index).requireObject("weight_map");
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (String name : map.object().keySet()) {
            Path file = shardFile(map, name);
            SafetensorsFile shard = shards.computeIfAbsent(file.toString(), f -> SafetensorsFile.read(file));
            WeightTensor tensor = shard.tensors().get(name);
            if (tensor == null) {
                throw new ModelFormatException(file, "tensor " + name, "nothing",
                        "the tensor that " + INDEX + " lists");
            }
            tensors.put(name, tensor);
        }
        return new Weights(index, tensors);
    }

    /** Only the name is judged: a link to elsewhere, as in Hugging Face's own cache, was put there by the user. */
    private static Path shardFile(JsonFields map, String tensor) {
        String name = map.requireString(tensor);
        String expected = "the name of a file in the model's directory";
        try {
            Path path = Path.of(name);
            boolean plain = path.getNameCount() == 1 && !path.isAbsolute() && !name.contains("\\")
                    && !name.equals("..") && !name.equals(".") && !name.isBlank();
            if (plain) {
                return map.file().resolveSibling(path);
            }
        } catch (InvalidPathException e) {
            throw new ModelFormatException(map.file(), "field weight_map." + tensor, name, expected, e);
        }
        throw map.problem(tensor, name, expected);
    }
}
