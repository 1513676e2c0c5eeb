package io.augserve.onnx.kernel;

import java.util.Arrays;

/**
 * The working memory of one thread: the query rows that are attended together, and what online softmax keeps of each. There is a spare row,
 * and score rows have a multiple of 4 columns, so that a vector kernel may compute whole groups; what lies there is never read as a result. Grows,
 * never shrinks.
 */
final class Tile {
    /** Keys looked at in one go; few enough for a tile's scores, keys and values to stay in the first two cache levels. */
    static final int COLUMNS = 64;

    private static final int SPARE_ROWS = 1;

    private int capacity;

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

    /** Starts on other queries. */
    void reset(int newRows, int newHeadSize) {
        rows = newRows;
        headSize = newHeadSize;
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
}
