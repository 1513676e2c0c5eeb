package io.augserve.onnx.linear;

/**
 * The product of one row of x with a few rows of w, which are decoded in registers: with one row there is nobody to share a decoded weight with, and
 * writing it to a panel first would cost more than the product. The additions are those of a tile, see {@link ProductMath}, and so are the results, bit
 * for bit. Stateless.
 */
interface RowKernel {
    /** Rows of w at once, which share the vectors of x. */
    int rows();

    /**
     * Sets the accumulators, [rows, lanes] from {@code at} on.
     *
     * @param x packed, of {@code columns} floats
     * @param columns a multiple of {@link RowLayout#BLOCK}
     * @param row the address of the first row in native memory
     * @param rowBytes from one row to the next; 0 for the same row again
     */
    void multiply(float[] x, int columns, long row, long rowBytes, float[] accumulators, int at);
}
