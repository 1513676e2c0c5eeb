package io.augserve.onnx.grammar;

import io.augserve.onnx.sampling.RowMask;
import java.util.Arrays;

/**
 * The tokens that may come: a set of bits that many masks share, and a few tokens more. Immutable, so that threads may share it; applying it
 * allocates nothing.
 */
public final class TokenMask implements RowMask {
    /** A token of the shared set is one bit, one of the others this many. */
    private static final int BITS_OF_MORE = Integer.SIZE;
    private static final long[] NONE = {};

    private final long[] shared;
    private final int[] more;
    private final boolean empty;

    /**
     * @param shared a bit for each token id, or empty; not changed afterwards
     * @param more further ids, ascending
     */
    TokenMask(long[] shared, int[] more) {
        this.shared = shared;
        this.more = more;
        this.empty = more.length == 0 && Arrays.stream(shared).allMatch(word -> word == 0);
    }

    /** Ids that nothing else shares, as bits if that is less. */
    static TokenMask of(int[] ids, int vocabulary) {
        if ((long) ids.length * BITS_OF_MORE <= vocabulary) {
            return new TokenMask(NONE, ids);
        }
        long[] bits = new long[(vocabulary + 63) / 64];
        for (int id : ids) {
            bits[id >> 6] |= 1L << id;
        }
        return new TokenMask(bits, new int[0]);
    }

    /** Whether a token may come. */
    public boolean allows(int token) {
        return (token >> 6 < shared.length && (shared[token >> 6] >> token & 1) == 1)
                || Arrays.binarySearch(more, token) >= 0;
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    /** The set of bits, which is not to be written to. */
    long[] shared() {
        return shared;
    }

    long sharedBytes() {
        return (long) shared.length * Long.BYTES;
    }

    long moreBytes() {
        return (long) more.length * Integer.BYTES;
    }

    @Override
    public void apply(float[] logits) {
        int next = 0;
        for (int from = 0; from < logits.length; from += 64) {
            int word = from >> 6;
            long bits = word < shared.length ? shared[word] : 0;
            while (next < more.length && more[next] >> 6 == word) {
                bits |= 1L << more[next++];
            }
            int to = Math.min(from + 64, logits.length);
            if (bits == 0) {
                Arrays.fill(logits, from, to, Float.NEGATIVE_INFINITY);
            } else {
                for (long off = ~bits; off != 0; off &= off - 1) {
                    int id = from + Long.numberOfTrailingZeros(off);
                    if (id >= to) {
                        break;
                    }
                    logits[id] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }
}
