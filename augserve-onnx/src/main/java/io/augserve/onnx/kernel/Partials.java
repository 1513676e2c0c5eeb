package io.augserve.onnx.kernel;

/**
 * What pieces that saw a part of the positions found, by row: the largest score m, the sum of weights l and the weighted sum of values a. The rows of
 * the same query over several ranges are merged as {@link TileAttention} goes from one set of columns to the next:
 *
 * <pre>{@code
 * M = max m_i;  result = sum_i(a_i * exp(m_i - M)) / sum_i(l_i * exp(m_i - M))
 * }</pre>
 *
 * Grows, never shrinks. Threads may write different rows at a time.
 */
final class Partials {
    private int headSize;
    private float[] maxima = {};
    private float[] totals = {};
    private float[] sums = {};

    /** Makes room. */
    void reset(int rows, int newHeadSize) {
        headSize = newHeadSize;
        if (rows > maxima.length || rows * newHeadSize > sums.length) {
            int room = Math.max(rows, 2 * maxima.length);
            maxima = new float[room];
            totals = new float[room];
            sums = new float[room * newHeadSize];
        }
    }

    /** Stores the rows of a tile. */
    void store(int row, Tile tile) {
        System.arraycopy(tile.maxima, 0, maxima, row, tile.rows);
        System.arraycopy(tile.totals, 0, totals, row, tile.rows);
        System.arraycopy(tile.sums, 0, sums, row * headSize, tile.rows * headSize);
    }

    /**
     * Merges the rows of one query, {@code stride} rows apart.
     *
     * @param target receives headSize elements
     */
    void merge(TileMath math, int row, int ranges, int stride, float[] target) {
        int best = row;
        for (int i = 1; i < ranges; i++) {
            best = maxima[row + i * stride] > maxima[best] ? row + i * stride : best;
        }
        float max = maxima[best];
        float total = totals[best];
        System.arraycopy(sums, best * headSize, target, 0, headSize);
        for (int i = 0; i < ranges; i++) {
            int other = row + i * stride;
            float weight = (float) Math.exp(maxima[other] - max);
            if (other != best && weight > 0) {
                total += totals[other] * weight;
                math.addScaled(target, 0, sums, other * headSize, headSize, weight);
            }
        }
        math.scale(target, 0, headSize, 1 / total);
    }
}
