package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How a quantised matrix lies in memory: by panels of 64 rows, whose weights for one column are neighbours, so that a vector of them is 16 outputs of the
 * layer and no lanes have to be added up. The last panel is filled up with rows of zeros. A panel is a list of groups of columns, and a group
 *
 * <pre>
 * INT8  64 scales, then four times, for every 16 rows: 16 bytes for each column
 * INT4  64 scales, then 64 bytes for every two columns: byte i holds row i, the first column in its low half
 * </pre>
 *
 * with bfloat16 scales and numbers as in {@link RowLayout}. Both orders are those that memory delivers fastest to {@link VectorPanelMath}: they are one
 * stream for the prefetcher, or four, which ends with the panel and not with a row.
 *
 * @param format INT8 or INT4
 * @param group columns that share a scale in a row
 */
record PanelLayout(WeightFormat format, int group) implements WeightLayout {
    /** Rows of a panel. */
    static final int ROWS = 64;
    /** Rows whose bytes are neighbours in INT8. */
    static final int QUARTER = 16;
    /** Bytes of a group's scales. */
    static final int SCALES = ROWS * Short.BYTES;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Columns, the last group's padding included. */
    int padded(int columns) {
        return groups(columns) * group;
    }

    private int groups(int columns) {
        return (columns + group - 1) / group;
    }

    /** Bytes of a group. */
    int groupBytes() {
        return SCALES + ROWS * group / (isInt4() ? 2 : 1);
    }

    /** Bytes of a panel. */
    long panelBytes(int columns) {
        return (long) groups(columns) * groupBytes();
    }

    /** Panels that so many rows fill. */
    static int panels(int rows) {
        return (rows + ROWS - 1) / ROWS;
    }

    boolean isInt4() {
        return format == WeightFormat.INT4;
    }

    @Override
    public long bytes(int rows, int columns) {
        return panels(rows) * panelBytes(columns);
    }

    @Override
    public float weight(MemorySegment data, int columns, int row, int column) {
        long start = row / ROWS * panelBytes(columns) + (long) (column / group) * groupBytes();
        int inPanel = row % ROWS;
        float scale = RowLayout.bfloat16(data.get(SHORT, start + (long) inPanel * Short.BYTES));
        byte bits = data.get(JAVA_BYTE, start + byteOf(inPanel, column % group));
        return (isInt4() ? column % 2 == 0 ? bits << 28 >> 28 : bits >> 4 : bits) * scale;
    }

    /** Where in a group the byte with a weight is. */
    private int byteOf(int row, int column) {
        return SCALES + (isInt4()
                ? column / 2 * ROWS + row
                : row / QUARTER * QUARTER * group + column * QUARTER + row % QUARTER);
    }

    /**
     * Arranges a panel.
     *
     * @param rows 64 rows of a {@link RowLayout} of the same format and group, one after the other
     * @param panel where the panel begins in {@code to}
     */
    void arrange(MemorySegment rows, int columns, MemorySegment to, long panel) {
        RowLayout layout = RowLayout.of(format, group);
        long rowBytes = layout.rowBytes(columns);
        for (int g = 0; g < groups(columns); g++) {
            long target = panel + (long) g * groupBytes();
            for (int row = 0; row < ROWS; row++) {
                long source = row * rowBytes + (long) g * layout.groupBytes();
                to.set(SHORT, target + (long) row * Short.BYTES, rows.get(SHORT, source));
                for (int column = 0; column < group; column += isInt4() ? 2 : 1) {
                    int low = layout.number(rows, source, column);
                    int bits = isInt4() ? (low & 0xF) | layout.number(rows, source, column + 1) << 4 : low;
                    to.set(JAVA_BYTE, target + byteOf(row, column), (byte) bits);
                }
            }
        }
    }
}
