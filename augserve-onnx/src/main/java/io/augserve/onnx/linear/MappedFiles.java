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

    /**
     * A part of a file.
     *
     * @throws ModelFormatException if the file cannot be read or does not have that part
     */
    MemorySegment map(Path file, long offset, long length) {
        MemorySegment all = files.computeIfAbsent(file, this::mapAnew);
        if (offset < 0 || length < 0 || offset > all.byteSize() - length) {
            throw new ModelFormatException(file, "file", all.byteSize() + " bytes",
                    length + " bytes from byte " + offset + " on, which it had when it was opened");
        }
        return all.asSlice(offset, length);
    }

    private MemorySegment mapAnew(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return map(channel);
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
        }
    }

    /** The whole file behind a channel, which may be closed then. */
    MemorySegment map(FileChannel channel) throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    @Override
    public void close() {
        arena.close();
    }
}
