package io.augserve.onnx.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of attention over a {@link Tile}. Keys and values are rows of {@code tile.headSize} floats in native memory, {@code offset} bytes
 * from the start and {@code stride} bytes apart. Implementations keep no state; their results differ by rounding only.
 */
interface TileMath {
    /** The fastest implementation that this JVM can run. */
    static TileMath best() {
        // The vector class may only be touched when its incubator module is in the boot layer (--add-modules jdk.incubator.vector).
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorTileMath()
                : new ScalarTileMath();
    }

    /** Sets score[row][column] = query[row] * key[column], for the rows from {@code firstRow} on. */
    void scores(Tile tile, int firstRow, MemorySegment keys, long offset, long stride, int columns);

    /** Adds to sum[row] the sum over columns of score[row][column] * value[column], for the rows from {@code firstRow} on. */
    void mix(Tile tile, int firstRow, MemorySegment values, long offset, long stride, int columns);

    /** The largest of x[from] to x[to - 1]; at least one. */
    float max(float[] x, int from, int to);

    /** Replaces x[from] to x[to - 1] by exp(x - shift), where no x exceeds shift, and returns their sum. */
    float expAndSum(float[] x, int from, int to, float shift);

    /** Multiplies x[from] to x[to - 1]. */
    void scale(float[] x, int from, int to, float factor);
}
