package io.augserve.onnx.linear;

import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Files mapped for reading, each once. The system reads them when they are touched and may drop what it has read. */
final class MappedFiles implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Map<Path, MemorySegment> files = new HashMap<>();

    /** The whole file. */
    MemorySegment map(Path file) {
        return files.computeIfAbsent(file, this::mapAnew);
    }

    private MemorySegment mapAnew(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
