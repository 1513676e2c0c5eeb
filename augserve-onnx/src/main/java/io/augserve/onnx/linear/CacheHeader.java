package io.augserve.onnx.linear;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * What a {@link WeightCache} says of itself, as JSON: format version, layout, every source file with its size and its time of modification, every
 * matrix with its shape and a sample of its stored weights. The sample tells checkpoints of one architecture apart where sizes and times do not: files
 * that were copied with their times, or unpacked from an image that sets all of them alike.
 */
final class CacheHeader {
    /** Raised whenever a layout, the way to quantise or the form of the file changes. */
    static final int VERSION = 3;
    /** Pieces of a matrix in its sample, the first and the last included. */
    private static final int SAMPLES = 4;
    /** Bytes of a piece. */
    private static final int SAMPLE_BYTES = 256;

    private CacheHeader() {}

    static String of(List<StoredMatrix> sources, WeightLayout layout) {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("format", layout.format().name());
        json.addProperty("group", layout.group());
        JsonArray from = new JsonArray();
        TreeSet<Path> sorted = new TreeSet<>();
        sources.forEach(matrix -> sorted.add(matrix.file()));
        sorted.forEach(file -> from.add(source(file)));
        json.add("sources", from);
        JsonArray matrices = new JsonArray();
        for (StoredMatrix matrix : sources) {
            JsonArray entry = new JsonArray();
            entry.add(matrix.name());
            entry.add(matrix.rows());
            entry.add(matrix.columns());
            entry.add(sample(matrix));
            matrices.add(entry);
        }
        json.add("matrices", matrices);
        return json.toString();
    }

    private static JsonObject source(Path file) {
        JsonObject source = new JsonObject();
        source.addProperty("file", String.valueOf(file.getFileName()));
        try {
            source.addProperty("bytes", Files.size(file));
            source.addProperty("modified", Files.getLastModifiedTime(file).toString());
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
        }
        return source;
    }

    private static long sample(StoredMatrix matrix) {
        CRC32C sum = new CRC32C();
        long all = matrix.tensor().length();
        long bytes = Math.min(SAMPLE_BYTES, all);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < SAMPLES; i++) {
                sum.update(matrix.read((all - bytes) * i / (SAMPLES - 1), bytes, arena).asByteBuffer());
            }
        }
        return sum.getValue();
    }
}
