package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.PanelLayout.ROWS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * {@link Operand} for weights in panels. x is kept by parts of columns, [parts, rows, PART], so that what a tile reads of it is dense whatever the length
 * of rows. A part of a panel is decoded into the nearest cache, and every tile of x goes over it there; the sums of outputs rest in the result between
 * parts. A single row goes by {@link PanelMath#row} and decodes nothing to memory.
 */
final class PanelOperand implements Operand {
    /** Columns that are decoded at once, a multiple of every group: a panel's fill two thirds of a first cache of 48 KB. */
    private static final int PART = 128;
    /** Most rows of a block: a part of it and its sums stay in a second cache of half a megabyte. */
    private static final int BLOCK_ROWS = 384;
    private static final int TILE = 6;

    private final PanelMath math;
    private final ThreadLocal<float[]> decoded = ThreadLocal.withInitial(() -> new float[PART * ROWS]);
    private int rows;
    private int columns;
    private int padded;
    private int blockRows;
    private float[] values = {};

    PanelOperand(PanelMath math) {
        this.math = math;
    }

    @Override
    public void reset(int newRows, int newColumns, WeightLayout layout) {
        rows = newRows;
        columns = newColumns;
        padded = ((PanelLayout) layout).padded(columns);
        int blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
        int even = (rows + blocks - 1) / blocks;
        blockRows = (even + TILE - 1) / TILE * TILE;
        long size = (long) parts() * rows * PART;
        if (size > values.length) {
            values = new float[Math.toIntExact(size)];
        }
    }

    private int parts() {
        return (padded + PART - 1) / PART;
    }

    /** Where a part of a row begins. */
    private int offset(int part, int row) {
        return (part * rows + row) * PART;
    }

    @Override
    public int tiles() {
        return rows;
    }

    @Override
    public void pack(long x, int row) {
        for (int part = 0; part < parts(); part++) {
            int from = part * PART;
            int real = Math.min(PART, columns - from);
            int at = offset(part, row);
            MemorySegment.copy(NativeMemory.ALL, ValueLayout.JAVA_FLOAT,
                    x + ((long) row * columns + from) * Float.BYTES, values, at, real);
            Arrays.fill(values, at + real, at + PART, 0);
        }
    }

    @Override
    public int unit() {
        return ROWS;
    }

    @Override
    public int blocks() {
        return (rows + blockRows - 1) / blockRows;
    }

    @Override
    public int firstRow(int block) {
        return block * blockRows;
    }

    @Override
    public int rows(int block) {
        return Math.min(blockRows, rows - firstRow(block));
    }

    @Override
    public int largestBlock() {
        return Math.min(blockRows, rows);
    }

    @Override
    public void compute(int block, Part part, int from, int count, float[] result) {
        Matrix w = part.layer().weights();
        PanelLayout layout = ((Part.Panels) part).layout();
        long panel = w.data().address() + from / ROWS * layout.panelBytes(columns);
        if (rows == 1) {
            math.row(layout, values, columns, panel, result);
            return;
        }
        int first = firstRow(block);
        int mine = rows(block);
        Arrays.fill(result, 0, mine * ROWS, 0);
        float[] weights = decoded.get();
        for (int k = 0; k < padded; k += PART) {
            int size = Math.min(PART, padded - k);
            math.decode(layout, panel, k, size, weights);
            int tile;
            for (int row = 0; row < mine; row += tile) {
                tile = tile(mine - row);
                math.accumulate(tile, values, offset(k / PART, first + row), PART, weights, size, result, row * ROWS);
            }
        }
    }

    /** Rows of the next tile. */
    private static int tile(int left) {
        return left >= TILE && left != TILE + 2 ? TILE : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }
}
