package io.augserve.onnx.linear;

/**
 * The rows of x in one call of a {@link Product}, packed as the layout of the weights wants them, and the product with some columns of those. Filled
 * again by the next call; rows are packed and columns computed by several threads at once.
 */
interface Operand {
    /** Takes the shape of other rows, whose tiles are to be packed then, for matrices of a layout. */
    void reset(int rows, int columns, WeightLayout layout);

    /** Tasks of packing. */
    int tiles();

    /** Copies one tile from floats, [rows, columns], at an address in native memory. */
    void pack(long x, int tile);

    /** Columns of the result that one task takes are a multiple of this, a divisor of {@link Product#MAX_COLUMNS}. */
    int unit();

    /** Blocks of rows, which are computed one after the other with the same columns. */
    int blocks();

    /** The first row of a block. */
    int firstRow(int block);

    /** Rows of a block. */
    int rows(int block);

    /** Rows of the largest block, with those that are computed beyond the last. */
    int largestBlock();

    /**
     * Computes some columns.
     *
     * @param from the first column of the result, a multiple of the unit
     * @param columns at most {@link Product#MAX_COLUMNS}
     * @param result [rows of the block, MAX_COLUMNS]; padding may be written
     */
    void compute(int block, Part part, int from, int columns, float[] result);
}
