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

    /** Takes back all blocks of a sequence; does nothing if it holds none. */
    void release(long sequence);
}
