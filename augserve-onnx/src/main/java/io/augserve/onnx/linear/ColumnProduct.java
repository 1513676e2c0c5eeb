package io.augserve.onnx.linear;

import java.util.Arrays;

/**
 * Computes some columns of x * transposed(w): what one task of a {@link Product} does. The weights are decoded by panels, the few rows of w that a tile
 * has, into the nearest cache, and every tile of x goes over a panel there, so that a weight is read once for all rows of a decode step. x is taken by
 * blocks of tiles that stay in the second cache; a panel is decoded again for the next block, of which there are several in long prefills only. Long
 * rows are cut into parts, between which the accumulators rest in memory; the parts change nothing in the order of additions. A single row goes by
 * {@link RowKernel} where there is one.
 *
 * <p>The working memory of one thread. Grows, never shrinks.
 */
final class ColumnProduct {
    /** Weights of a row that are decoded at once: so many that a panel stays in a first cache of 48 KB, or mostly so. */
    private static final int ONE_ROW_PART = 640;
    private static final int PART = 1536;
    /** What parts are a multiple of, and so every group's size a divisor of. */
    static final int PART_UNIT = 128;
    /** Bytes of x in a block, about half of a second cache. */
    private static final int BLOCK_BYTES = 1 << 19;
    /** Accumulators of a tile: the largest one's 24, rounded up to whole folds. */
    private static final int ACCUMULATORS = 32;

    private final ProductMath math;
    private final float[] sums = new float[ACCUMULATORS];
    private float[] panel = {};
    private float[] accumulators = {};

    ColumnProduct(ProductMath math) {
        this.math = math;
    }

    /** Tiles of x that one call of {@link #compute} should take. */
    static int tilesPerBlock(PackedRows x) {
        int part = partSize(x);
        return Math.max(1, BLOCK_BYTES / (PackedRows.TILE * part * Float.BYTES));
    }

    private static int partSize(PackedRows x) {
        int most = x.rows() == 1 ? ONE_ROW_PART : PART;
        int parts = (x.columns() + most - 1) / most;
        int even = (x.columns() + parts - 1) / parts;
        return (even + PART_UNIT - 1) / PART_UNIT * PART_UNIT;
    }

    /**
     * Computes a block of the result.
     *
     * @param from the first column of the result, a row of w
     * @param columns at most {@link Product#MAX_COLUMNS}
     * @param result [rows of the tiles, Product.MAX_COLUMNS]; padding may be written
     */
    void compute(PackedRows x, int firstTile, int tiles, Matrix w, RowDecoder decoder, int from, int columns,
            float[] result) {
        int tileColumns = ProductMath.tileColumns(x.tileRows(firstTile));
        int part = partSize(x);
        int panels = (columns + tileColumns - 1) / tileColumns;
        boolean rests = part < x.columns();
        reserve(tileColumns * part, rests ? panels * tiles : 1);
        for (int k = 0; k < x.columns(); k += part) {
            int count = Math.min(part, x.columns() - k);
            for (int p = 0; p < panels; p++) {
                int column = p * tileColumns;
                int real = Math.min(tileColumns, columns - column);
                decode(w, decoder, from + column, real, tileColumns, k, count);
                for (int t = 0; t < tiles; t++) {
                    int at = rests ? (p * tiles + t) * ACCUMULATORS * math.lanes() : 0;
                    int tile = firstTile + t;
                    int rows = x.tileRows(tile);
                    if (k == 0) {
                        Arrays.fill(accumulators, at, at + rows * tileColumns * math.lanes(), 0);
                    }
                    math.accumulate(rows, x.values(), x.offset(tile, k), panel, 0,
                            ProductMath.padded(count) / math.lanes(), accumulators, at);
                    if (k + part >= x.columns()) {
                        math.fold(accumulators, at, rows * tileColumns, sums, 0);
                        scatter(result, t * PackedRows.TILE, x.realRows(tile), column, tileColumns);
                    }
                }
            }
        }
    }

    /**
     * Computes columns of the one row that x has, whose columns are a multiple of {@link RowLayout#BLOCK}.
     *
     * @param result [Product.MAX_COLUMNS]; what lies behind the columns may be written
     */
    void computeRow(PackedRows x, Matrix w, RowKernel kernel, int from, int columns, float[] result) {
        reserve(0, Product.MAX_COLUMNS / ACCUMULATORS + 1);
        long rowBytes = rowBytes(w);
        long start = w.data().address() + from * rowBytes;
        int rows = kernel.rows();
        for (int column = 0; column < columns;) {
            boolean whole = column + rows <= columns;
            kernel.multiply(x.values(), x.columns(), start + column * rowBytes, whole ? rowBytes : 0, accumulators,
                    column * math.lanes());
            column += whole ? rows : 1;
        }
        math.fold(accumulators, 0, columns, result, 0);
    }

    /** Rows of w beyond the last one are left as they are: what they give is not looked at. */
    private void decode(Matrix w, RowDecoder decoder, int firstRow, int rows, int tileColumns, int k, int count) {
        int stride = tileColumns * math.lanes();
        long rowBytes = rowBytes(w);
        for (int row = 0; row < rows; row++) {
            decoder.decode(w.data(), (firstRow + row) * rowBytes, k, count, panel, row * math.lanes(), stride);
        }
    }

    private static long rowBytes(Matrix w) {
        return ((RowLayout) w.layout()).rowBytes(w.columns());
    }

    private void scatter(float[] result, int row, int rows, int column, int tileColumns) {
        for (int r = 0; r < rows; r++) {
            int to = (row + r) * Product.MAX_COLUMNS + column;
            int source = r * tileColumns;
            for (int c = 0; c < tileColumns; c++) {
                result[to + c] = sums[source + c];
            }
        }
    }

    private void reserve(int panelSize, int tilesAtOnce) {
        if (panel.length < panelSize) {
            panel = new float[panelSize];
        }
        int needed = tilesAtOnce * ACCUMULATORS * math.lanes();
        if (accumulators.length < needed) {
            accumulators = new float[needed];
        }
    }
}
