package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.util.Arrays;

/**
 * The rows of x in the order in which tiles read them, see {@link ProductMath}: tiles of six rows, a last one of four or six, or the one row that there
 * is. Rows that a tile has too many and columns beyond the last are zeros. One call's; filled again by the next.
 */
final class PackedRows {
    static final int TILE = 6;
    private static final int SMALL_TILE = 4;

    private final int lanes;
    private final RowDecoder decoder;
    private int rows;
    private int columns;
    private int padded;
    private int tiles;
    private float[] values = {};

    PackedRows(ProductMath math) {
        lanes = math.lanes();
        decoder = math.decoder(RowLayout.of(WeightFormat.FP32, 1));
    }

    /** Takes the shape of other rows; their tiles are to be packed then. */
    void reset(int newRows, int newColumns) {
        rows = newRows;
        columns = newColumns;
        padded = ProductMath.padded(newColumns);
        tiles = (rows + TILE - 1) / TILE;
        long size = rows == 1 ? padded : (long) tiles * TILE * padded;
        if (size > values.length) {
            values = new float[Math.toIntExact(size)];
        }
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    int tiles() {
        return tiles;
    }

    float[] values() {
        return values;
    }

    int firstRow(int tile) {
        return tile * TILE;
    }

    /** Rows of a tile, those of zeros included. */
    int tileRows(int tile) {
        int left = rows - firstRow(tile);
        return rows == 1 ? 1 : left > SMALL_TILE ? TILE : SMALL_TILE;
    }

    /** Rows of a tile that are rows of x. */
    int realRows(int tile) {
        return Math.min(TILE, rows - firstRow(tile));
    }

    /** Where a tile's values for column {@code from} begin, which is a multiple of the lanes. */
    int offset(int tile, int from) {
        return firstRow(tile) * padded + tileRows(tile) * from;
    }

    /** Copies one tile from floats, [rows, columns], at an address in native memory. Tiles may be packed at the same time. */
    void pack(long x, int tile) {
        int tileRows = tileRows(tile);
        int real = realRows(tile);
        int stride = tileRows * lanes;
        int base = offset(tile, 0);
        for (int row = 0; row < real; row++) {
            decoder.decode(NativeMemory.ALL, x + (long) (firstRow(tile) + row) * columns * Float.BYTES, 0, columns,
                    values,
                    base + row * lanes, stride);
        }
        for (int k = 0; k < padded; k += lanes) {
            int from = base + k * tileRows;
            Arrays.fill(values, from + real * lanes, from + stride, 0);
        }
    }
}
