package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of a product with a matrix in panels. Every output has one sum, to which the products are added column by column with fused
 * multiplications; so the result of a row depends neither on which other rows are computed with it nor on the machine's vectors. Stateless.
 */
interface PanelMath {
    /**
     * Sets the sums of one row of x with the rows of a panel.
     *
     * @param x of {@link PanelLayout#padded} floats, zeros behind the columns
     * @param panel its address in native memory
     * @param sums 64
     */
    void row(PanelLayout layout, float[] x, int columns, long panel, float[] sums);

    /**
     * Turns columns of a panel into floats.
     *
     * @param panel its address in native memory
     * @param from a multiple of the group
     * @param count a multiple of the group
     * @param to [count, 64]
     */
    void decode(PanelLayout layout, long panel, int from, int count, float[] to);

    /**
     * Adds the products of some columns to the sums of a tile.
     *
     * @param rows of x: 6, 4, 2 or 1
     * @param x the first row's first column is at {@code xAt}, the next row's {@code stride} floats on
     * @param w [count, 64]
     * @param sums [rows, 64] from {@code at} on
     */
    void accumulate(int rows, float[] x, int xAt, int stride, float[] w, int count, float[] sums, int at);

    /** One by one, for machines without vectors. */
    record Scalar() implements PanelMath {
        @Override
        public void row(PanelLayout layout, float[] x, int columns, long panel, float[] sums) {
            MemorySegment data = NativeMemory.ALL.asSlice(panel);
            for (int row = 0; row < PanelLayout.ROWS; row++) {
                float sum = 0;
                for (int k = 0; k < layout.padded(columns); k++) {
                    sum = Math.fma(x[k], layout.weight(data, columns, row, k), sum);
                }
                sums[row] = sum;
            }
        }

        @Override
        public void decode(PanelLayout layout, long panel, int from, int count, float[] to) {
            MemorySegment data = NativeMemory.ALL.asSlice(panel);
            for (int k = 0; k < count; k++) {
                for (int row = 0; row < PanelLayout.ROWS; row++) {
                    to[k * PanelLayout.ROWS + row] = layout.weight(data, from + count, row, from + k);
                }
            }
        }

        @Override
        public void accumulate(int rows, float[] x, int xAt, int stride, float[] w, int count, float[] sums, int at) {
            for (int row = 0; row < rows; row++) {
                for (int k = 0; k < count; k++) {
                    float factor = x[xAt + row * stride + k];
                    for (int column = 0; column < PanelLayout.ROWS; column++) {
                        int to = at + row * PanelLayout.ROWS + column;
                        sums[to] = Math.fma(factor, w[k * PanelLayout.ROWS + column], sums[to]);
                    }
                }
            }
        }
    }
}
