package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes a model file's constants anew without moving their numbers: what lies in another file is pointed at there, and what is embedded,
 * unless it is small, is pointed at in the model file itself. So the model that a session gets is small however large the weights are.
 */
final class ExportedWeights {
    /** Smaller constants are copied: shapes and axes, which ONNX Runtime wants to see while it plans. */
    private static final int SMALL = 1024;

    private final Path modelFile;
    private final RealFiles files;

    private ExportedWeights(Path modelFile, RealFiles files) {
        this.modelFile = modelFile;
        this.files = files;
    }

    /**
     * Looks for the files of a model's constants.
     *
     * @throws ModelFormatException if one is missing, too short, or not below the model's folder
     */
    static ExportedWeights of(OnnxModel model) {
        Set<Path> files = new HashSet<>(Set.of(model.file()));
        for (Initializer initializer : model.initializers().values()) {
            if (initializer.data() instanceof Initializer.Data.External external) {
                Path file = resolve(model.file(), initializer, external);
                files.add(file);
                checkSize(file, initializer, external);
            }
        }
        return new ExportedWeights(model.file(), RealFiles.of(model.file(), files));
    }

    Path folder() {
        return files.folder();
    }

    /** The serialised model; its constants' numbers stay where they are. */
    byte[] write(OnnxModel model) {
        OnnxWriter onnx = new OnnxWriter(model.irVersion());
        model.inputs().forEach(onnx::input);
        model.outputs().forEach(onnx::output);
        model.initializers().values().forEach(initializer -> write(initializer, onnx));
        model.nodes().forEach(onnx::node);
        model.functions().forEach(onnx::function);
        return onnx.write("decoder", model.operatorSets());
    }

    private void write(Initializer initializer, OnnxWriter onnx) {
        switch (initializer.data()) {
            case Initializer.Data.External external -> onnx.external(initializer.name(), initializer.type(),
                    initializer.shape(), files.location(resolve(modelFile, initializer, external)), external.offset(),
                    external.length().orElseGet(() -> length(initializer)));
            case Initializer.Data.Raw raw when raw.length() > SMALL -> onnx.external(initializer.name(),
                    initializer.type(), initializer.shape(), files.location(modelFile), raw.offset(), raw.length());
            case Initializer.Data.Raw raw -> onnx.initializer(raw.message());
            case Initializer.Data.Listed listed -> onnx.initializer(listed.message());
        }
    }

    private static Path resolve(Path modelFile, Initializer initializer, Initializer.Data.External external) {
        String expected = "a file in the model's folder";
        try {
            Path relative = Path.of(external.location()).normalize();
            if (!relative.isAbsolute() && !relative.startsWith("..") && !relative.toString().isEmpty()) {
                return modelFile.resolveSibling(relative);
            }
        } catch (InvalidPathException e) {
            throw new ModelFormatException(modelFile, "constant " + initializer.name(), external.location(), expected,
                    e);
        }
        throw new ModelFormatException(modelFile, "constant " + initializer.name(), external.location(), expected);
    }

    private static void checkSize(Path file, Initializer initializer, Initializer.Data.External external) {
        long length = external.length().orElseGet(() -> length(initializer));
        try {
            long size = Files.size(file);
            if (external.offset() > size || length > size - external.offset()) {
                throw new ModelFormatException(file, "constant " + initializer.name(),
                        "a file of " + size + " bytes (truncated?)",
                        length + " bytes from byte " + external.offset() + " on");
            }
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "the weights of an ONNX model", e);
        }
    }

    /** The size that follows from type and shape; 0 for types that are not known here, which ONNX Runtime judges. */
    private static long length(Initializer initializer) {
        try {
            return ElementType.ofCode(initializer.type())
                    .bytes(initializer.shape().stream().mapToLong(Long::longValue).toArray());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return 0;
        }
    }
}
