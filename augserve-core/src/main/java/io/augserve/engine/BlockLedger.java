package io.augserve.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * The arithmetic of a paged KV cache: who holds how many of a fixed number of blocks. Engines build their block tables upon it
 * and simulated ones need nothing else, so that both count alike. Always: free + sum of held = capacity.
 */
public final class BlockLedger implements KvCache {
    private final int blockSize;
    private final int capacity;
    private final Map<Long, Integer> held = new HashMap<>();
    private int free;

    /**
     * @param blockSize tokens per block; at least 1
     * @param capacity blocks in all; at least 1
     * @throws IllegalArgumentException if one is smaller
     */
    public BlockLedger(int blockSize, int capacity) {
        if (blockSize < 1 || capacity < 1) {
            throw new IllegalArgumentException(
                    "expected blockSize >= 1 and capacity >= 1, got " + blockSize + " and " + capacity);
        }
        this.blockSize = blockSize;
        this.capacity = capacity;
        this.free = capacity;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int free() {
        return free;
    }

    @Override
    public int held(long sequence) {
        return held.getOrDefault(sequence, 0);
    }

    @Override
    public void reserve(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        int more = needed(sequence, tokens);
        if (more > free) {
            throw new IllegalStateException("sequence " + sequence + " needs " + more + " more blocks for " + tokens
                    + " tokens, " + free + " of " + capacity + " are free");
        }
        if (more > 0) {
            held.merge(sequence, more, Integer::sum);
            free -= more;
        }
    }

    @Override
    public void shrink(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        int keep = blocksFor(tokens);
        int surplus = held(sequence) - keep;
        if (surplus > 0) {
            free += surplus;
            if (keep == 0) {
                held.remove(sequence);
            } else {
                held.put(sequence, keep);
            }
        }
    }

    @Override
    public void release(long sequence) {
        shrink(sequence, 0);
    }

    // A negative number would give back more blocks than the sequence holds.
    private static void requireNotNegative(long sequence, int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens of sequence " + sequence + ": expected >= 0, got " + tokens);
        }
    }

    /** Number of sequences that hold a block. */
    public int holders() {
        return held.size();
    }
}
