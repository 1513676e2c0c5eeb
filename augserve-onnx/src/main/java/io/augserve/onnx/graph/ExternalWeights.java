package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Weights as ONNX external data: one folder and, for every file, its location below that folder. Links are followed
 * first, because ONNX Runtime refuses locations that lead out of the folder and Hugging Face's cache keeps the files
 * elsewhere, under links.
 */
final class ExternalWeights {
    private final Weights weights;
    private final Path folder;
    private final Map<Path, String> locations = new HashMap<>();

    private ExternalWeights(Weights weights, Path folder, Map<Path, Path> realFiles) {
        this.weights = weights;
        this.folder = folder;
        realFiles.forEach((file, real) -> locations.put(file, location(folder.relativize(real))));
    }

    /** Resolves the files of all tensors. */
    static ExternalWeights of(Weights weights) {
        Map<Path, Path> realFiles = new HashMap<>();
        for (String name : weights.names()) {
            realFiles.computeIfAbsent(weights.find(name).orElseThrow().file(), ExternalWeights::real);
        }
        Path folder = realFiles.values().stream().map(ExternalWeights::parent).reduce(ExternalWeights::common)
                .orElseThrow(() -> new ModelFormatException(weights.source(), "tensors", "none", "some"));
        return new ExternalWeights(weights, folder, realFiles);
    }

    Path folder() {
        return folder;
    }

    /** A tensor that the check has found before. */
    WeightTensor tensor(String name) {
        return weights.find(name).orElseThrow();
    }

    /** The tensor's file relative to {@link #folder()}. */
    String location(WeightTensor tensor) {
        return Objects.requireNonNull(locations.get(tensor.file()));
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
        }
    }

    private static Path parent(Path real) {
        Path parent = real.getParent();
        if (parent == null) {
            throw new ModelFormatException(real, "path", "weights on different file systems", "one common folder");
        }
        return parent;
    }

    /** The deepest folder that both are in. */
    private static Path common(Path a, Path b) {
        Path folder = a;
        while (!b.startsWith(folder)) {
            folder = parent(folder);
        }
        return folder;
    }

    private static String location(Path relative) {
        StringJoiner joined = new StringJoiner("/");
        relative.forEach(part -> joined.add(part.toString()));
        return joined.toString();
    }
}
