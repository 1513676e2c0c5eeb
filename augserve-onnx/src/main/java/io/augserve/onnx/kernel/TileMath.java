package io.augserve.onnx.kernel;

/**
 * The inner loops of attention over a {@link Tile}. Keys and values are the panels at {@code tile.addresses}, see {@link KvLayout}. Implementations
 * keep no state; their results differ by rounding only.
 */
interface TileMath {
    /** The fastest implementation that this JVM can run. */
    static TileMath best() {
        // The vector class may only be touched when its incubator module is in the boot layer (--add-modules jdk.incubator.vector).
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorTileMath()
                : new ScalarTileMath();
    }

    /** Sets score[row][column] = query[row] * key[column], for the rows from {@code firstRow} on and all columns of the panels. */
    void scores(Tile tile, int firstRow);

    /** Adds to sum[row] the sum over columns {@code from} to {@code to - 1} of score[row][column] * value[column], for the rows from {@code firstRow} on. */
    void mix(Tile tile, int firstRow, int from, int to);

    /** The largest of x[from] to x[to - 1]; at least one. */
    float max(float[] x, int from, int to);

    /** Replaces x[from] to x[to - 1] by exp(x - shift), where no x exceeds shift, and returns their sum. */
    float expAndSum(float[] x, int from, int to, float shift);

    /** Multiplies x[from] to x[to - 1]. */
    void scale(float[] x, int from, int to, float factor);

    /** Adds factor * y[fromY + i] to x[fromX + i]. */
    void addScaled(float[] x, int fromX, float[] y, int fromY, int count, float factor);

    /**
     * Turns the pairs (x[at + i], x[at + half + i]) for i below {@code half}, see {@link Rotary}.
     *
     * @param cos address of the position's cosines, one per pair
     * @param sin likewise
     */
    void rotate(float[] x, int at, int half, long cos, long sin);

    /** Writes {@code count} halves at an address as floats at another; finite ones only. */
    void widen(long halves, long floats, int count);
}
