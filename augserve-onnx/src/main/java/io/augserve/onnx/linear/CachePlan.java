package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a {@link WeightCache} of some matrices is byte for byte, but for the weights: its head, where each matrix lies, and the chunks by which they are
 * converted and checked.
 *
 * <pre>
 * 8 bytes   "AUGSERVE"
 * 8 bytes   length of the header, little-endian
 * header    {@link CacheHeader}
 * padding   up to a multiple of 64 bytes
 * matrices  in the header's order, each from a multiple of 64 bytes on
 * sums      the CRC-32C of every chunk, 4 bytes each, little-endian
 * 8 bytes   "COMPLETE"
 * </pre>
 */
final class CachePlan {
    static final byte[] END = "COMPLETE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MAGIC = "AUGSERVE".getBytes(StandardCharsets.US_ASCII);
    private static final int ALIGNMENT = 64;
    /** Weights of a chunk. */
    private static final int CHUNK_WEIGHTS = 1 << 20;

    private final List<StoredMatrix> sources;
    private final WeightLayout layout;
    private final byte[] head;
    private final long[] offsets;
    private final List<Chunk> chunks;
    private final long sums;

    /**
     * Whole panels of a matrix.
     *
     * @param matrix its index
     * @param from the first row
     * @param to behind the last row
     * @param at where they lie in the file
     * @param bytes how many they are
     */
    record Chunk(int matrix, int from, int to, long at, long bytes) {}

    /**
     * Plans the file for these matrices.
     *
     * @param sources the matrices as they are stored
     */
    CachePlan(List<StoredMatrix> sources, WeightLayout layout) {
        this.sources = List.copyOf(sources);
        this.layout = layout;
        byte[] header = CacheHeader.of(sources, layout).getBytes(StandardCharsets.UTF_8);
        int length = Math.toIntExact(aligned((long) MAGIC.length + Long.BYTES + header.length));
        head = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).putLong(header.length)
                .put(header).array();
        offsets = new long[sources.size()];
        chunks = new ArrayList<>();
        long at = length;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            StoredMatrix source = sources.get(i);
            addChunks(i, source, at);
            at = aligned(at + layout.bytes(source.rows(), source.columns()));
        }
        sums = at;
    }

    private void addChunks(int index, StoredMatrix source, long at) {
        int rows = Math.max(1, CHUNK_WEIGHTS / source.columns() / PanelLayout.ROWS) * PanelLayout.ROWS;
        for (int from = 0; from < source.rows(); from += rows) {
            int to = Math.min(source.rows(), from + rows);
            chunks.add(new Chunk(index, from, to, at + layout.bytes(from, source.columns()),
                    layout.bytes(to - from, source.columns())));
        }
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** What all matrices will be in. */
    WeightLayout layout() {
        return layout;
    }

    /** A matrix as it is stored. */
    StoredMatrix source(int matrix) {
        return sources.get(matrix);
    }

    /** All before the matrices: not to be changed. */
    byte[] head() {
        return head;
    }

    /** Pieces of what converting does. */
    List<Runnable> rehearsal() {
        return sources.stream().map(StoredMatrix::layout).distinct()
                .map(ProductRehearsal::ofDecoding).toList();
    }

    /** How many chunks there are. */
    int chunks() {
        return chunks.size();
    }

    Chunk chunk(int index) {
        return chunks.get(index);
    }

    /** Where the sums of the chunks begin. */
    long sums() {
        return sums;
    }

    /** Bytes of the file. */
    long size() {
        return sums + (long) chunks.size() * Integer.BYTES + END.length;
    }

    /** All behind the matrices, with the sums of the chunks. */
    byte[] tail(int[] chunkSums) {
        ByteBuffer tail = ByteBuffer.allocate(chunkSums.length * Integer.BYTES + END.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        tail.asIntBuffer().put(chunkSums);
        return tail.position(chunkSums.length * Integer.BYTES).put(END).array();
    }

    /** The matrices in such a file, in the order of the sources. */
    List<Matrix> matrices(MemorySegment file) {
        return IntStream.range(0, sources.size()).mapToObj(i -> {
            StoredMatrix source = sources.get(i);
            return new Matrix(source.name(), layout, source.rows(), source.columns(),
                    file.asSlice(offsets[i], layout.bytes(source.rows(), source.columns())));
        }).toList();
    }
}
