package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Files of external data: one folder and, for every file, its location below that folder. Links are followed first, because ONNX Runtime
 * refuses locations that lead out of the folder and Hugging Face's cache keeps the files elsewhere, under links.
 */
final class RealFiles {
    private final Path folder;
    private final Map<Path, String> locations = new HashMap<>();

    private RealFiles(Path folder, Map<Path, Path> real) {
        this.folder = folder;
        real.forEach((file, target) -> locations.put(file, joined(folder.relativize(target))));
    }

    /**
     * Resolves files.
     *
     * @param source what a message names if there are none
     */
    static RealFiles of(Path source, Collection<Path> files) {
        Map<Path, Path> real = new HashMap<>();
        files.forEach(file -> real.computeIfAbsent(file, RealFiles::real));
        Path folder = real.values().stream().map(RealFiles::parent).reduce(RealFiles::common)
                .orElseThrow(() -> new ModelFormatException(source, "tensors", "none", "some"));
        return new RealFiles(folder, real);
    }

    Path folder() {
        return folder;
    }

    /** One of the files, relative to {@link #folder()}. */
    String location(Path file) {
        return Objects.requireNonNull(locations.get(file));
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

    private static String joined(Path relative) {
        StringJoiner parts = new StringJoiner("/");
        relative.forEach(part -> parts.add(part.toString()));
        return parts.toString();
    }
}
