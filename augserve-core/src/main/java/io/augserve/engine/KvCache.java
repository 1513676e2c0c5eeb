package io.augserve.engine;

/**
 * The KV cache in counts of blocks; block tables stay inside the engine. Questions and deeds come in pairs: ask
 * {@link #needed} and {@link #free} first, then {@link #reserve}. Confined to the serving loop's thread.
 */
public interface KvCache {
    /** Tokens per block. */
    int blockSize();

    /** Blocks in all. */
    int capacity();

    /** Blocks that nobody holds. */
    int free();

    /** Blocks that a sequence holds. */
    int held(long sequence);

    /** Further blocks that a sequence needs to hold {@code tokens} tokens in all. */
    default int needed(long sequence, int tokens) {
        return Math.max(0, blocksFor(tokens) - held(sequence));
    }

    /** Blocks that {@code tokens} tokens fill. */
    default int blocksFor(int tokens) {
        return (int) (((long) tokens + blockSize() - 1) / blockSize());
    }

    /**
     * Gives a sequence the blocks it needs to hold {@code tokens} tokens in all.
     *
     * @param tokens at least 0
     * @throws IllegalArgumentException if {@code tokens} is negative
     * @throws IllegalStateException if fewer than {@link #needed} are free; nothing has changed then
     */
    void reserve(long sequence, int tokens);

    /**
     * Takes back a sequence's blocks beyond those that {@code tokens} tokens fill: the undoing of {@link #reserve}.
     *
     * @param tokens at least 0
     * @throws IllegalArgumentException if {@code tokens} is negative
     */
    void shrink(long sequence, int tokens);

    /** Takes back all blocks of a sequence, in device and host memory; does nothing if it holds none. */
    void release(long sequence);

    /** Blocks that host memory has room for; 0 if the engine does not swap. */
    default int hostCapacity() {
        return 0;
    }

    /** Blocks of host memory that nobody holds. */
    default int hostFree() {
        return 0;
    }

    /** Blocks of a sequence that are in host memory; it cannot be computed while there is one. */
    default int hostHeld(long sequence) {
        return 0;
    }

    /**
     * Moves blocks of a sequence to host memory; the device blocks are free for others at once. The engine copies before the next step
     * computes anything.
     *
     * @param blocks 1 to {@link #held}
     * @throws IllegalStateException if the sequence holds fewer or host memory has no room; nothing has changed then
     */
    default void swapOut(long sequence, int blocks) {
        throw new IllegalStateException("this KV cache has no host memory");
    }

    /**
     * Moves blocks of a sequence back to the device.
     *
     * @param blocks 1 to {@link #hostHeld}
     * @throws IllegalStateException if fewer are in host memory or fewer are free on the device; nothing has changed then
     */
    default void swapIn(long sequence, int blocks) {
        throw new IllegalStateException("this KV cache has no host memory");
    }
}
