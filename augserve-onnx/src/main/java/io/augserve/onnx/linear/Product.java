package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.augserve.onnx.kernel.Lanes;
import io.augserve.onnx.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Products of the same rows with the weights of one or several layers, on all workers: first x is packed, then every worker takes columns of the results
 * until none are left. Several layers go separate ways, or two become {@code silu(x * gate) * (x * up)}.
 *
 * <p>The state of one call at a time; a thread that calls keeps one. Nothing is allocated once it has seen its largest call.
 */
final class Product {
    /** Most columns that are computed at once. */
    static final int MAX_COLUMNS = 64;
    /** Multiplications below which waking another thread takes longer than it saves. */
    private static final long MIN_SPREAD_WORK = 1 << 16;
    /** Tasks for each thread, so that one that is interrupted leaves its share to the others. */
    private static final int TASKS_PER_THREAD = 4;
    /** Rows of x that one thread packs itself. */
    private static final int ROWS_ALONE = 6;

    private final ProductMath math;
    private final Workers workers;
    private final Lanes lanes;
    private final Operand rowWise;
    private final Operand panelWise;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
    private final IntConsumer packTile;
    private final IntConsumer computeColumns;

    private Operand x;
    private long input;
    private List<Part> parts = List.of();
    private long[] outputs = {};
    private boolean gated;
    private int chunk;

    /** What one thread works in. */
    private static final class Scratch {
        float[] result = {};
        float[] gate = {};

        void reserve(int size) {
            if (result.length < size) {
                result = new float[size];
                gate = new float[size];
            }
        }
    }

    Product(ProductMath math, Workers workers) {
        this.math = math;
        this.workers = workers;
        this.lanes = new Lanes(workers);
        rowWise = new RowOperand(math);
        panelWise = new PanelOperand(math.panels());
        x = rowWise;
        packTile = tile -> x.pack(input, tile);
        computeColumns = this::columns;
    }

    /**
     * Computes the layers one by one.
     *
     * @param rows the address of floats, [rows, in]
     * @param layers with weights that are all in panels, or all not
     * @param results the address of floats for each layer, [rows, out]
     */
    void multiply(long rows, int count, List<Part> layers, long[] results) {
        run(rows, count, layers, results, false);
    }

    /** Computes silu(first layer) * second layer; both have the same shape. */
    void gate(long rows, int count, List<Part> layers, long[] result) {
        run(rows, count, layers, result, true);
    }

    private void run(long rows, int count, List<Part> layers, long[] results, boolean silu) {
        if (count == 0) {
            return;
        }
        Part first = layers.getFirst();
        int in = first.layer().weights().columns();
        input = rows;
        parts = layers;
        outputs = results;
        gated = silu;
        x = first instanceof Part.Panels ? panelWise : rowWise;
        x.reset(count, in, first.layer().weights().layout());
        int width = 0;
        for (int i = 0; i < layers.size(); i++) {
            width += layers.get(i).layer().weights().rows();
        }
        boolean spread = (long) count * width * in >= MIN_SPREAD_WORK;
        int even = width / (workers.threads() * TASKS_PER_THREAD * (gated ? 2 : 1));
        chunk = Math.max(x.unit(), Math.min(MAX_COLUMNS, even / x.unit() * x.unit()));
        int tasks = 0;
        for (int i = 0; i < (gated ? 1 : layers.size()); i++) {
            tasks += chunks(i);
        }
        spread(spread && count > ROWS_ALONE, x.tiles(), packTile);
        spread(spread, tasks, computeColumns);
    }

    private void spread(boolean wide, int tasks, IntConsumer task) {
        if (wide) {
            lanes.run(tasks, task);
        } else {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
        }
    }

    private int chunks(int part) {
        return (parts.get(part).layer().weights().rows() + chunk - 1) / chunk;
    }

    private void columns(int task) {
        int part = 0;
        int inPart = task;
        while (inPart >= chunks(part)) {
            inPart -= chunks(part++);
        }
        int from = inPart * chunk;
        int columns = Math.min(chunk, parts.get(part).layer().weights().rows() - from);
        Scratch mine = scratch.get();
        mine.reserve(x.largestBlock() * MAX_COLUMNS);
        for (int block = 0; block < x.blocks(); block++) {
            if (gated) {
                compute(block, 0, from, columns, mine.gate);
                compute(block, 1, from, columns, mine.result);
                math.gate(mine.gate, mine.result, x.rows(block) * MAX_COLUMNS);
                store(mine.gate, block, from, columns, 0);
            } else {
                compute(block, part, from, columns, mine.result);
                store(mine.result, block, from, columns, part);
            }
        }
    }

    private void compute(int block, int part, int from, int columns, float[] result) {
        Layer layer = parts.get(part).layer();
        x.compute(block, parts.get(part), from, columns, result);
        if (layer.hasBias()) {
            for (int row = 0; row < x.rows(block); row++) {
                layer.addBias(from, result, row * MAX_COLUMNS, columns);
            }
        }
    }

    private void store(float[] result, int block, int from, int columns, int part) {
        int width = parts.get(part).layer().weights().rows();
        for (int row = 0; row < x.rows(block); row++) {
            MemorySegment.copy(result, row * MAX_COLUMNS, NativeMemory.ALL, JAVA_FLOAT,
                    outputs[part] + ((long) (x.firstRow(block) + row) * width + from) * Float.BYTES, columns);
        }
    }
}
