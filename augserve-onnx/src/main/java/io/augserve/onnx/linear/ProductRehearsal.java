package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.augserve.onnx.kernel.Rehearsal;
import io.augserve.onnx.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pieces for a {@link Rehearsal} of products: every number of rows that there is a tile for, with few weights in the layouts of some layers. What a loop
 * does in a piece is what the JIT takes it to do always, so a single row, whose loops are the whole product, has more columns.
 */
public final class ProductRehearsal {
    /** Of x: a tile of six, one of four, those of two and one. A single row is apart. */
    private static final List<Integer> ROWS = List.of(6, 4, 3);
    /** Outputs of a layer in rows, which one tile computes. */
    private static final int OUT = 4;
    /** Inputs of a layer in rows: 32 vectors of 16. */
    private static final int IN = 512;
    /** How many times the inputs of other products a single row has. */
    private static final int LONGER = 4;
    /** Of so many products one has two groups, so that no loop over groups is seen to turn once only. */
    private static final int SELDOM = 4;

    private ProductRehearsal() {}

    /** The pieces for the layouts of these layers. They compute in memory of their own. */
    public static List<Runnable> of(List<Layer> layers) {
        Set<WeightLayout> layouts = layers.stream().map(layer -> layer.weights().layout()).collect(Collectors.toSet());
        Product product = new Product(ProductMath.best(), new Workers(1));
        List<Runnable> pieces = new ArrayList<>();
        for (WeightLayout layout : layouts) {
            Part part = part(layout, 1);
            List<Part> shapes = new ArrayList<>(Collections.nCopies(SELDOM, part));
            shapes.set(0, part(layout, 2));
            ROWS.forEach(rows -> pieces.add(new Multiplication(product, shapes, rows)));
            pieces.add(new Multiplication(product, List.of(part(layout, LONGER)), 1));
        }
        float[] values = new float[IN];
        pieces.add(() -> ProductMath.best().gate(values, values, IN));
        return pieces;
    }

    /** The piece for decoding rows that are stored in a layout, as a conversion does. */
    static Runnable ofDecoding(RowLayout stored) {
        Matrix row = matrix(stored, 1, IN);
        RowDecoder decoder = ProductMath.best().decoder(stored);
        int lanes = ProductMath.best().lanes();
        float[] values = new float[ProductMath.padded(IN)];
        return () -> decoder.decode(row.data(), 0, 0, IN, values, 0, lanes);
    }

    /** A layer with one group of inputs, or a multiple. */
    private static Part part(WeightLayout layout, int times) {
        Matrix weights = switch (layout) {
            case PanelLayout panels -> matrix(panels, PanelLayout.ROWS, times * panels.group());
            case RowLayout rows -> matrix(rows, OUT, times * IN);
        };
        return Part.of(new Layer(weights, new float[0]), ProductMath.best());
    }

    private static Matrix matrix(WeightLayout layout, int out, int in) {
        return new Matrix("rehearsal", layout, out, in,
                Arena.ofAuto().allocate(layout.bytes(out, in), PanelLayout.ROWS));
    }

    /** One product, with one after the other of some layers. */
    private static final class Multiplication implements Runnable {
        private final Product product;
        private final List<List<Part>> turns;
        private final int rows;
        private final MemorySegment x;
        private final MemorySegment y;
        private final long[] results;
        private int turn;

        Multiplication(Product product, List<Part> layers, int rows) {
            this.product = product;
            this.rows = rows;
            turns = layers.stream().map(List::of).toList();
            int in = layers.stream().mapToInt(part -> part.layer().weights().columns()).max().orElseThrow();
            x = Arena.ofAuto().allocate(JAVA_FLOAT, (long) rows * in);
            y = Arena.ofAuto().allocate(JAVA_FLOAT, (long) rows * PanelLayout.ROWS);
            results = new long[]{y.address()};
        }

        @Override
        public void run() {
            product.multiply(x.address(), rows, turns.get(turn++ % turns.size()), results);
        }
    }
}
