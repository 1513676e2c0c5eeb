package io.augserve.onnx.linear;

import static io.augserve.onnx.runtime.CustomOperator.Port.optional;
import static io.augserve.onnx.runtime.CustomOperator.Port.required;

import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.KernelContext;
import io.augserve.onnx.runtime.NodeAttributes;
import io.augserve.onnx.runtime.OperatorKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators of the domain {@code com.augserve}. Weights are no inputs of theirs: a node has the number of its layer among those that the operators
 * were made with, so ONNX Runtime neither copies nor repacks them.
 *
 * <pre>
 * Linear     x float [tokens, in] -> float [tokens, out], for one to three layers: attributes layer0, layer1, layer2
 * GatedUnit  x float [tokens, in] -> silu(layer0(x)) * layer1(x), float [tokens, out]
 * Rows       ids int64 [tokens]   -> float [tokens, in]: rows of layer0's weights
 * </pre>
 */
public final class LinearOperators {
    public static final String DOMAIN = "com.augserve";
    public static final String LINEAR = "Linear";
    public static final String GATED = "GatedUnit";
    public static final String ROWS = "Rows";
    /** Layers of a Linear node. */
    public static final int MAX_LAYERS = 3;

    private final List<Layer> layers;
    private final ProductMath math;
    private final ThreadLocal<Product> products;

    private LinearOperators(List<Layer> layers, ProductMath math, Workers workers) {
        this.layers = List.copyOf(layers);
        this.math = math;
        products = ThreadLocal.withInitial(() -> new Product(math, workers));
    }

    /** The operators over these layers, computing on these workers, which the caller closes after the session. */
    public static List<CustomOperator> of(List<Layer> layers, Workers workers) {
        return of(layers, workers, ProductMath.best());
    }

    static List<CustomOperator> of(List<Layer> layers, Workers workers, ProductMath math) {
        LinearOperators operators = new LinearOperators(layers, math, workers);
        CustomOperator.Port in = required(ElementType.FLOAT);
        CustomOperator.Port more = optional(ElementType.FLOAT);
        return List.of(new CustomOperator(DOMAIN, LINEAR, List.of(in), List.of(in, more, more), operators::linear),
                new CustomOperator(DOMAIN, GATED, List.of(in), List.of(in), operators::gated),
                new CustomOperator(DOMAIN, ROWS, List.of(required(ElementType.INT64)), List.of(in), operators::rows));
    }

    /** The attribute with the number of a node's layer. */
    public static String attribute(int index) {
        return "layer" + index;
    }

    private OperatorKernel linear(NodeAttributes node) {
        List<Part> parts = parts(node);
        ThreadLocal<long[]> results = ThreadLocal.withInitial(() -> new long[parts.size()]);
        return context -> {
            int rows = rowsOf(context, parts);
            long[] mine = results.get();
            for (int i = 0; i < mine.length; i++) {
                mine[i] = context.outputAddress(i, rows, parts.get(i).layer().weights().rows());
            }
            products.get().multiply(context.address(0), rows, parts, mine);
        };
    }

    private OperatorKernel gated(NodeAttributes node) {
        List<Part> parts = parts(node);
        if (parts.size() != 2
                || parts.get(0).layer().weights().rows() != parts.get(1).layer().weights().rows()) {
            throw new IllegalArgumentException(GATED + ": expected two layers of one shape, got " + parts.size());
        }
        ThreadLocal<long[]> results = ThreadLocal.withInitial(() -> new long[1]);
        return context -> {
            int rows = rowsOf(context, parts);
            long[] mine = results.get();
            mine[0] = context.outputAddress(0, rows, parts.getFirst().layer().weights().rows());
            products.get().gate(context.address(0), rows, parts, mine);
        };
    }

    private OperatorKernel rows(NodeAttributes node) {
        Matrix table = layer(node, 0).weights();
        int columns = table.columns();
        RowLookup lookup = RowLookup.of(table, math);
        ThreadLocal<float[]> rows = ThreadLocal.withInitial(() -> new float[ProductMath.padded(columns)]);
        return context -> {
            int tokens = Math.toIntExact(context.dimension(0, 0));
            MemorySegment ids = context.input(0);
            MemorySegment output = context.output(0, tokens, columns);
            float[] row = rows.get();
            for (int i = 0; i < tokens; i++) {
                long id = ids.getAtIndex(ValueLayout.JAVA_LONG, i);
                if (id < 0 || id >= table.rows()) {
                    throw new IllegalArgumentException(
                            table.name() + ": token " + id + ", expected 0 to " + (table.rows() - 1));
                }
                lookup.read((int) id, row);
                MemorySegment.copy(row, 0, output, ValueLayout.JAVA_FLOAT, (long) i * columns * Float.BYTES, columns);
            }
        };
    }

    private List<Part> parts(NodeAttributes node) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < MAX_LAYERS && node.integer(attribute(i)).isPresent(); i++) {
            Layer layer = layer(node, i);
            parts.add(Part.of(layer, math));
            Matrix first = parts.getFirst().layer().weights();
            if (layer.weights().columns() != first.columns() || !layer.weights().layout().equals(first.layout())) {
                throw new IllegalArgumentException(layer.weights().name() + ": expected as many inputs as "
                        + first.name() + " and its layout");
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("expected an attribute " + attribute(0) + ", got none");
        }
        return List.copyOf(parts);
    }

    private Layer layer(NodeAttributes node, int index) {
        long number = node.integer(attribute(index)).orElse(-1);
        if (number < 0 || number >= layers.size()) {
            throw new IllegalArgumentException(
                    attribute(index) + ": expected 0 to " + (layers.size() - 1) + ", got " + number);
        }
        return layers.get((int) number);
    }

    private static int rowsOf(KernelContext context, List<Part> parts) {
        Matrix weights = parts.getFirst().layer().weights();
        if (context.rank(0) != 2 || context.dimension(0, 1) != weights.columns()) {
            throw new IllegalArgumentException("x of " + weights.name() + ": expected [tokens, " + weights.columns()
                    + "], got another shape of rank " + context.rank(0));
        }
        return Math.toIntExact(context.dimension(0, 0));
    }
}
