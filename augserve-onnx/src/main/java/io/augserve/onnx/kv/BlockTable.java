package io.augserve.onnx.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/** The blocks of one sequence in order: block i holds its positions [i * blockSize, (i + 1) * blockSize). Only its {@link PagedKvCache} changes it. */
public final class BlockTable {
    private static final int FIRST_CAPACITY = 8;

    private int[] blocks = {};
    private int size;

    BlockTable() {}

    /** Number of blocks. */
    public int size() {
        return size;
    }

    /**
     * The number of the i-th block.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public int block(int i) {
        return blocks[Objects.checkIndex(i, size)];
    }

    /** Writes the blocks as int32 into native or heap memory, from element {@code index} on. */
    public void copyTo(MemorySegment target, long index) {
        MemorySegment.copy(blocks, 0, target, ValueLayout.JAVA_INT, index * Integer.BYTES, size);
    }

    void add(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(FIRST_CAPACITY, 2 * size));
        }
        blocks[size++] = block;
    }

    void set(int i, int block) {
        blocks[Objects.checkIndex(i, size)] = block;
    }

    void clear() {
        size = 0;
    }

    int removeLast() {
        return blocks[--size];
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(blocks, size));
    }
}
