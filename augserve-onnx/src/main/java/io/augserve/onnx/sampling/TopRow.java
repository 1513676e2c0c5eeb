package io.augserve.onnx.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The highest logits of a row, in ascending order of their tokens, in arrays that are used again for every row. Confined to one thread.
 *
 * <p>Of equal logits at the lower end some may be missing, whichever a device leaves out; so what is known for sure is what lies above
 * {@link #lowest()}, unless the row is {@link #isWhole() whole}.
 */
final class TopRow {
    private final int vocabulary;
    private final long[] order;
    private final int[] ids;
    private final float[] logits;
    private int best;
    private float lowest;

    /**
     * @param size logits of a row
     * @param vocabulary its size
     */
    TopRow(int size, int vocabulary) {
        this.vocabulary = vocabulary;
        order = new long[size];
        ids = new int[size];
        logits = new float[size];
    }

    /**
     * Loads a row.
     *
     * @param from float [rows, size]
     * @param tokens int64 [rows, size]
     */
    void load(MemorySegment from, MemorySegment tokens, int row) {
        int size = ids.length;
        long at = (long) row * size;
        for (int i = 0; i < size; i++) {
            long token = tokens.getAtIndex(ValueLayout.JAVA_LONG, at + i);
            order[i] = token << Integer.SIZE | i;
        }
        Arrays.sort(order);
        best = 0;
        lowest = Float.POSITIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            ids[i] = (int) (order[i] >>> Integer.SIZE);
            logits[i] = from.getAtIndex(ValueLayout.JAVA_FLOAT, at + (int) order[i]);
            best = logits[i] > logits[best] ? i : best;
            lowest = Math.min(lowest, logits[i]);
        }
    }

    /** By index; for {@link #id}. */
    float[] logits() {
        return logits;
    }

    int id(int index) {
        return ids[index];
    }

    /** The index of the highest logit, the lowest token among equals. */
    int best() {
        return best;
    }

    float lowest() {
        return lowest;
    }

    /** Whether these are all logits that there are. */
    boolean isWhole() {
        return ids.length == vocabulary;
    }

    /** Whether a logit is so high that every token with it or a higher one is known. */
    boolean knows(float logit) {
        return isWhole() || logit > lowest;
    }

    /** The index of a token, or a negative number if it is not among the highest. */
    int index(int token) {
        return Arrays.binarySearch(ids, token);
    }
}
