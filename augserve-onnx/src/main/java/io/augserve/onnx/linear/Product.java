package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.augserve.onnx.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Products of the same rows with the weights of one or several layers, on all workers: first x is packed, then every worker takes columns of the results
 * until none are left. Several layers go separate ways, or two become {@code silu(x * gate) * (x * up)}.
 *
 * <p>The state of one call at a time; a thread that calls keeps one. Nothing is allocated once it has seen its largest call.
 */
final class Product {
    /** Multiplications below which waking another thread takes longer than it saves. */
    private static final long MIN_SPREAD_WORK = 1 << 16;
    /** Tasks for each thread, so that one that is interrupted leaves its share to the others. */
    private static final int TASKS_PER_THREAD = 4;
    private static final int COLUMN_UNIT = 16;

    private final ProductMath math;
    private final Workers workers;
    private final PackedRows x;
    private final ThreadLocal<Scratch> scratch;
    private final IntConsumer packTile;
    private final IntConsumer computeColumns;

    private MemorySegment input = MemorySegment.NULL;
    private List<Part> parts = List.of();
    private MemorySegment[] outputs = {};
    private boolean gated;
    private int chunk;

    /** A layer with what its format is computed by; single rows by the kernel, if there is one. */
    record Part(Layer layer, RowDecoder decoder, Optional<RowKernel> kernel) {
        static Part of(Layer layer, ProductMath math) {
            RowLayout layout = layer.weights().layout();
            boolean whole = layer.weights().columns() % RowLayout.BLOCK == 0;
            return new Part(layer, math.decoder(layout),
                    math.rowKernel(layout).filter(kernel -> whole));
        }
    }

    /** What one thread works in. */
    private static final class Scratch {
        final ColumnProduct product;
        float[] result = {};
        float[] gate = {};

        Scratch(ProductMath math) {
            product = new ColumnProduct(math);
        }

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
        x = new PackedRows(math);
        scratch = ThreadLocal.withInitial(() -> new Scratch(math));
        packTile = tile -> x.pack(input, tile);
        computeColumns = this::columns;
    }

    /**
     * Computes the layers one by one.
     *
     * @param rows [rows, in], of that size
     * @param results [rows, out] for each layer
     */
    void multiply(MemorySegment rows, int count, List<Part> layers, MemorySegment[] results) {
        run(rows, count, layers, results, false);
    }

    /** Computes silu(first layer) * second layer; both have the same shape. */
    void gate(MemorySegment rows, int count, List<Part> layers, MemorySegment[] result) {
        run(rows, count, layers, result, true);
    }

    private void run(MemorySegment rows, int count, List<Part> layers, MemorySegment[] results, boolean silu) {
        if (count == 0) {
            return;
        }
        input = rows;
        parts = layers;
        outputs = results;
        gated = silu;
        x.reset(count, layers.getFirst().layer().weights().columns());
        int width = 0;
        for (int i = 0; i < layers.size(); i++) {
            width += layers.get(i).layer().weights().rows();
        }
        boolean spread = (long) count * width * x.columns() >= MIN_SPREAD_WORK;
        int even = width / (workers.threads() * TASKS_PER_THREAD * (gated ? 2 : 1));
        chunk = Math.max(COLUMN_UNIT, Math.min(ColumnProduct.MAX_COLUMNS, even / COLUMN_UNIT * COLUMN_UNIT));
        int tasks = 0;
        for (int i = 0; i < (gated ? 1 : layers.size()); i++) {
            tasks += chunks(i);
        }
        spread(spread && count > PackedRows.TILE, x.tiles(), packTile);
        spread(spread, tasks, computeColumns);
    }

    private void spread(boolean wide, int tasks, IntConsumer task) {
        if (wide) {
            workers.run(tasks, task);
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
        int most = ColumnProduct.tilesPerBlock(x);
        Scratch mine = scratch.get();
        mine.reserve(Math.min(most, x.tiles()) * PackedRows.TILE * ColumnProduct.MAX_COLUMNS);
        for (int tile = 0; tile < x.tiles(); tile += most) {
            int tiles = Math.min(most, x.tiles() - tile);
            int rows = Math.min(tiles * PackedRows.TILE, x.rows() - x.firstRow(tile));
            if (gated) {
                compute(mine, 0, tile, tiles, from, columns, rows, mine.gate);
                compute(mine, 1, tile, tiles, from, columns, rows, mine.result);
                math.gate(mine.gate, mine.result, rows * ColumnProduct.MAX_COLUMNS);
                store(mine.gate, x.firstRow(tile), rows, from, columns, 0);
            } else {
                compute(mine, part, tile, tiles, from, columns, rows, mine.result);
                store(mine.result, x.firstRow(tile), rows, from, columns, part);
            }
        }
    }

    private void compute(Scratch mine, int part, int tile, int tiles, int from, int columns, int rows,
            float[] result) {
        Layer layer = parts.get(part).layer();
        Optional<RowKernel> kernel = parts.get(part).kernel();
        if (x.rows() == 1 && kernel.isPresent()) {
            mine.product.computeRow(x, layer.weights(), kernel.get(), from, columns, result);
        } else {
            mine.product.compute(x, tile, tiles, layer.weights(), parts.get(part).decoder(), from, columns, result);
        }
        if (layer.hasBias()) {
            for (int row = 0; row < rows; row++) {
                layer.addBias(from, result, row * ColumnProduct.MAX_COLUMNS, columns);
            }
        }
    }

    private void store(float[] result, int firstRow, int rows, int from, int columns, int part) {
        int width = parts.get(part).layer().weights().rows();
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(result, row * ColumnProduct.MAX_COLUMNS, outputs[part], JAVA_FLOAT,
                    ((long) (firstRow + row) * width + from) * Float.BYTES, columns);
        }
    }
}
