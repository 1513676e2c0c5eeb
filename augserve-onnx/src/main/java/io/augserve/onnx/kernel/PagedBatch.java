package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The inputs of one call: tokens of several sequences, packed one sequence after another. All floats but the caches' are fp32, all segments dense and
 * native.
 *
 * @param query [tokens, heads * headSize]
 * @param key the new keys, [tokens, kvHeads * headSize], not yet rotated
 * @param value the new values, as {@code key}
 * @param keyCache the pool of {@code layout}, updated in place
 * @param valueCache likewise
 * @param cumulative int32 [sequences + 1]: where each sequence's tokens begin and end
 * @param past int32 [sequences]: how many tokens of a sequence the cache holds already
 * @param blockTable int32 [sequences, tableWidth]: the blocks of a sequence in order of position
 * @param cos [angles, rotaryHalf]: row p is for position p; empty without rotation
 * @param sin as {@code cos}
 */
record PagedBatch(MemorySegment query, MemorySegment key, MemorySegment value, MemorySegment keyCache,
        MemorySegment valueCache,
        MemorySegment cumulative, MemorySegment past, MemorySegment blockTable, MemorySegment cos, MemorySegment sin,
        int tokens, int sequences,
        int tableWidth, int angles, int rotaryHalf, KvLayout layout) {
    /** No tokens at all. */
    static final PagedBatch NONE = new PagedBatch(MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL,
            MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL,
            MemorySegment.NULL, MemorySegment.NULL, 0, 0, 0, 0, 0,
            new KvLayout(0, 1, 1, 1, ElementType.FLOAT));

    /** The packed index of the sequence's first token; after the last sequence, the number of tokens. */
    int first(int sequence) {
        return cumulative.getAtIndex(JAVA_INT, sequence);
    }

    /** The sequence that a packed token belongs to. */
    int sequenceOf(int token) {
        int low = 0;
        int high = sequences;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (first(middle) <= token) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int newTokens(int sequence) {
        return first(sequence + 1) - first(sequence);
    }

    int pastTokens(int sequence) {
        return past.getAtIndex(JAVA_INT, sequence);
    }

    /** An upper bound of how many keys all queries together look at. */
    long queryKeyPairs() {
        long pairs = 0;
        for (int s = 0; s < sequences; s++) {
            pairs += (long) newTokens(s) * (pastTokens(s) + newTokens(s));
        }
        return pairs;
    }

    /** The block that holds a position of a sequence. */
    int block(int sequence, int position) {
        return blockTable.getAtIndex(JAVA_INT, (long) sequence * tableWidth + position / layout.blockSize());
    }

    /**
     * Checks every index that the kernel will follow, so that it cannot read or write beside its memory.
     *
     * @throws IllegalArgumentException names the first wrong value
     */
    void check(AttentionAttributes attributes) {
        if (first(0) != 0 || first(sequences) != tokens) {
            throw wrong("cumulative_sequence_length must run from 0 to " + tokens + " tokens, got " + first(0) + " to "
                    + first(sequences));
        }
        for (int s = 0; s < sequences; s++) {
            if (newTokens(s) < 0) {
                throw wrong("cumulative_sequence_length decreases after sequence " + s);
            }
            if (pastTokens(s) < 0) {
                throw wrong("past_seqlens of sequence " + s + " is negative: " + pastTokens(s));
            }
            if (newTokens(s) > 0) {
                checkPositions(s, attributes);
            }
        }
    }

    private void checkPositions(int s, AttentionAttributes attributes) {
        long end = (long) pastTokens(s) + newTokens(s);
        long room = (long) tableWidth * layout.blockSize();
        if (end > room) {
            throw wrong("sequence " + s + " has " + end + " tokens, but block_table has room for " + room);
        }
        if (attributes.rotary() && end > angles) {
            throw wrong("sequence " + s + " has " + end + " tokens, but cos_cache has " + angles + " rows");
        }
        // Blocks that slid out of the window may be gone.
        int firstBlock = attributes.firstVisible(pastTokens(s)) / layout.blockSize();
        for (int b = firstBlock; b <= (end - 1) / layout.blockSize(); b++) {
            int block = block(s, b * layout.blockSize());
            if (block < 0 || block >= layout.blocks()) {
                throw wrong("block_table[" + s + "][" + b + "] is " + block + ", but the cache has the blocks 0 to "
                        + (layout.blocks() - 1));
            }
        }
    }

    private static IllegalArgumentException wrong(String message) {
        return new IllegalArgumentException(message);
    }
}
