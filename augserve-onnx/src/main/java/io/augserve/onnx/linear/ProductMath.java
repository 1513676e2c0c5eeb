package io.augserve.onnx.linear;

import java.util.Optional;

/**
 * The inner loops of a product, over packed floats. A tile has R rows of x and C rows of w; both are packed by vectors of {@link #lanes()} floats along
 * k: first the vector of each row at k = 0, then of each at k = lanes, and so on. Every output has one accumulator, a vector, and the lanes of that are
 * added up in the end, the upper half to the lower one until one lane is left. So an output is the same sum in the same order whatever the shape of its
 * tile, and the result of a row does not depend on which other rows are computed with it. Stateless.
 */
interface ProductMath {
    /** Floats of a vector: a divisor of {@link RowLayout#BLOCK}. */
    int lanes();

    /** The fastest decoder of a layout. */
    RowDecoder decoder(RowLayout layout);

    /** The loops for weights in panels. */
    PanelMath panels();

    /** A product for single rows, if there is one that is faster than a tile. */
    Optional<RowKernel> rowKernel(RowLayout layout);

    /**
     * Adds the products of {@code vectors} vectors to the accumulators of a tile, [R, C, lanes] from {@code at} on.
     *
     * @param rows of x: 6 or 4 with 4 rows of w, or 1 with 16
     */
    void accumulate(int rows, float[] x, int xAt, float[] w, int wAt, int vectors, float[] accumulators, int at);

    /** Adds up the lanes of {@code count} accumulators; sum i goes to {@code sums[sumsAt + i]}. Accumulators and what lies behind sums are scratch then. */
    void fold(float[] accumulators, int at, int count, float[] sums, int sumsAt);

    /** Replaces gate[i] by silu(gate[i]) * up[i], with silu(x) = x / (1 + exp(-x)). The arrays are as long as a multiple of lanes. */
    void gate(float[] gate, float[] up, int count);

    /** The fastest implementation that this JVM can run. */
    static ProductMath best() {
        // The vector classes may only be touched when their incubator module is in the boot layer (--add-modules jdk.incubator.vector).
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorProductMath()
                : new ScalarProductMath(ScalarProductMath.LANES);
    }

    /** Rounded up to whole blocks, as far as packed rows go. */
    static int padded(int columns) {
        return (columns + RowLayout.BLOCK - 1) / RowLayout.BLOCK * RowLayout.BLOCK;
    }

    /** Rows of w that a tile with so many rows of x has. */
    static int tileColumns(int tileRows) {
        return tileRows == 1 ? 16 : 4;
    }
}
