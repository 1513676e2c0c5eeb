package io.augserve.onnx.linear;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with matrices in another layout than the checkpoint's, made once and mapped from then on.
 *
 * <pre>
 * 8 bytes   "AUGSERVE"
 * 8 bytes   length of the header, little-endian
 * header    JSON: format version, layout, every source file with its size and its time of modification, every matrix
 * padding   up to a multiple of 64 bytes
 * matrices  in the header's order, each from a multiple of 64 bytes on
 * 8 bytes   "COMPLETE"
 * </pre>
 *
 * A file is used only if its header is, byte for byte, the one that would be written now, its length is what that leads to and its end is there;
 * anything else is replaced. It is written under another name and moved, so that nobody sees a part of it and who has mapped an older one keeps that.
 */
final class WeightCache {
    private static final Logger LOG = LoggerFactory.getLogger(WeightCache.class);
    /** Raised whenever a layout or the way to quantise changes. */
    private static final int VERSION = 2;
    private static final byte[] MAGIC = "AUGSERVE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "COMPLETE".getBytes(StandardCharsets.US_ASCII);
    private static final int ALIGNMENT = 64;
    /** Weights that one task converts at once. */
    private static final int TASK_WEIGHTS = 1 << 20;

    private final Path checkpoint;
    private final List<Matrix> sources;
    private final WeightLayout layout;
    private final byte[] head;
    private final long[] offsets;
    private final long end;

    private WeightCache(Path checkpoint, List<Matrix> sources, WeightLayout layout, byte[] head, long[] offsets,
            long end) {
        this.checkpoint = checkpoint;
        this.sources = sources;
        this.layout = layout;
        this.head = head;
        this.offsets = offsets;
        this.end = end;
    }

    /**
     * Plans the file for these matrices.
     *
     * @param checkpoint that messages name
     * @param files that the matrices are read from
     */
    static WeightCache of(Path checkpoint, List<Matrix> sources, Iterable<Path> files, WeightLayout layout) {
        byte[] header = header(sources, files, layout).getBytes(StandardCharsets.UTF_8);
        byte[] head = ByteBuffer.allocate(aligned(MAGIC.length + Long.BYTES + header.length))
                .order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).putLong(header.length).put(header).array();
        long[] offsets = new long[sources.size()];
        long at = head.length;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            at = aligned(at + layout.bytes(sources.get(i).rows(), sources.get(i).columns()));
        }
        return new WeightCache(checkpoint, sources, layout, head, offsets, at);
    }

    private static String header(List<Matrix> sources, Iterable<Path> files, WeightLayout layout) {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("format", layout.format().name());
        json.addProperty("group", layout.group());
        JsonArray from = new JsonArray();
        TreeSet<Path> sorted = new TreeSet<>();
        files.forEach(sorted::add);
        for (Path file : sorted) {
            JsonObject source = new JsonObject();
            source.addProperty("file", String.valueOf(file.getFileName()));
            try {
                source.addProperty("bytes", Files.size(file));
                source.addProperty("modified", Files.getLastModifiedTime(file).toString());
            } catch (IOException e) {
                throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
            }
            from.add(source);
        }
        json.add("sources", from);
        JsonArray matrices = new JsonArray();
        for (Matrix matrix : sources) {
            JsonArray entry = new JsonArray();
            entry.add(matrix.name());
            entry.add(matrix.rows());
            entry.add(matrix.columns());
            matrices.add(entry);
        }
        json.add("matrices", matrices);
        return json.toString();
    }

    private static int aligned(int size) {
        return Math.toIntExact(aligned((long) size));
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Whether the file is there and is this one. */
    boolean isIn(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.size() == end + END.length && starts(channel, 0, head) && starts(channel, end, END);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean starts(FileChannel channel, long at, byte[] expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(expected.length);
        while (found.hasRemaining() && channel.read(found, at + found.position()) >= 0) {
            // Until all of it is read or the file ends.
        }
        return found.flip().equals(ByteBuffer.wrap(expected));
    }

    /** The matrices in a file that {@link #isIn} has found right, in the order of the sources. */
    List<Matrix> matrices(MemorySegment file) {
        return IntStream.range(0, sources.size()).mapToObj(i -> {
            Matrix source = sources.get(i);
            long bytes = layout.bytes(source.rows(), source.columns());
            return new Matrix(source.name(), layout, source.rows(), source.columns(),
                    file.asSlice(offsets[i], bytes));
        }).toList();
    }

    /**
     * Converts all matrices on all workers and puts the file in its place.
     *
     * @throws IOException if that cannot be done; nothing stays
     * @throws ModelFormatException if a weight is not finite
     */
    void write(Path file, Workers workers) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                put(channel, 0, ByteBuffer.wrap(head));
                for (int i = 0; i < offsets.length; i++) {
                    write(channel, i, workers);
                }
                put(channel, end, ByteBuffer.wrap(END));
            }
            move(temporary, file);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            Files.deleteIfExists(temporary);
        }
        LOG.info("wrote {} ({} MB)", file, end >> 20);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void write(FileChannel channel, int index, Workers workers) {
        Matrix source = sources.get(index);
        int rows = Math.max(1, TASK_WEIGHTS / source.columns() / PanelLayout.ROWS) * PanelLayout.ROWS;
        workers.run((source.rows() + rows - 1) / rows, task -> {
            int from = task * rows;
            write(channel, index, from, Math.min(source.rows(), from + rows));
        });
    }

    private void write(FileChannel channel, int index, int from, int to) {
        Matrix source = sources.get(index);
        try (Arena arena = Arena.ofConfined()) {
            MatrixEncoder encoder = new MatrixEncoder(source, layout);
            MemorySegment converted = arena.allocate(layout.bytes(to - from, source.columns()), ALIGNMENT);
            encoder.encode(from, to, converted);
            put(channel, offsets[index] + layout.bytes(from, source.columns()), converted.asByteBuffer());
        } catch (ArithmeticException e) {
            throw new ModelFormatException(checkpoint, "tensor " + source.name(),
                    "a weight that " + layout.format() + " does not have", "finite weights within its range", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(FileChannel channel, long at, ByteBuffer bytes) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }
}
