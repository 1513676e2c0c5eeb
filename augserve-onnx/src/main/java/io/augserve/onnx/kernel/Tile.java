package io.augserve.onnx.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The working memory of one thread: the query rows that are attended together, what online softmax keeps of each, and the panels of keys and values in
 * work. There is a spare row, so that a vector kernel may compute whole groups of rows; what lies there is never read as a result. Grows, never
 * shrinks.
 */
final class Tile {
    /** Keys looked at in one go; few enough for a tile's scores, keys and values to stay in the first two cache levels. */
    static final int COLUMNS = 64;

    private static final int SPARE_ROWS = 1;
    private static final long CACHE_LINE = 64;

    private int capacity;
    private MemorySegment widened = MemorySegment.NULL;

    /** Rows in use. */
    int rows;
    int headSize;
    /** [row, headSize]: queries, rotated and scaled. */
    float[] queries = {};
    /** [row, headSize]: the weighted sums of values so far. */
    float[] sums = {};
    /** [row, COLUMNS]: the scores of the columns in work, then their weights. */
    float[] scores = {};
    /** Per row: the largest score so far. */
    float[] maxima = {};
    /** Per row: the sum of weights so far. */
    float[] totals = {};
    /** Panels in work. */
    int panels;
    /** Positions of a panel. */
    int panel;
    /** Per panel: the index in the cache, for keys and values alike. */
    final long[] indices = new long[COLUMNS];
    /** Per panel: the address of its floats, of keys or values, whichever is in work. */
    final long[] addresses = new long[COLUMNS];

    /** Starts on other queries. */
    void reset(int newRows, int newHeadSize, int newPanel) {
        rows = newRows;
        headSize = newHeadSize;
        panel = newPanel;
        int padded = newRows + SPARE_ROWS;
        if (padded * newHeadSize > queries.length || padded > capacity) {
            capacity = Math.max(capacity, padded);
            queries = new float[capacity * newHeadSize];
            sums = new float[capacity * newHeadSize];
            scores = new float[capacity * COLUMNS];
            maxima = new float[capacity];
            totals = new float[capacity];
        }
        Arrays.fill(sums, 0, padded * newHeadSize, 0);
        Arrays.fill(maxima, 0, padded, Float.NEGATIVE_INFINITY);
        Arrays.fill(totals, 0, padded, 0);
    }

    /** Room for the panels in work as floats. */
    long widened() {
        long bytes = (long) COLUMNS * headSize * Float.BYTES;
        if (widened.byteSize() < bytes) {
            widened = Arena.ofAuto().allocate(bytes, CACHE_LINE);
        }
        return widened.address();
    }
}
