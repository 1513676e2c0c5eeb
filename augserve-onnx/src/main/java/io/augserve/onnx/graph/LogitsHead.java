package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where an exported graph turns hidden states into logits. Going back from the logits over element-wise operators with constants leads to
 * the product with the output layer; if it does, only the rows that are asked for need to pass through it. An export that keeps but one
 * row of a sequence itself, by a Gather before that product, is read as if it kept all.
 *
 * @param node the product; or, if there is none that is recognised, the node that makes the logits
 * @param hidden what the rows are to be taken from: the product's first input, or the logits themselves
 * @param found whether there is such a product
 * @param axis of the tokens in {@code hidden}, if a Gather of the export's own tells it
 */
record LogitsHead(Node node, String hidden, boolean found, OptionalLong axis) {
    private static final Set<String> ELEMENTWISE = Set.of("Cast", "Add", "Sub", "Mul", "Div", "Tanh", "Identity");
    private static final Set<String> PRODUCTS = Set.of("MatMul", "MatMulNBits", "Gemm", "FusedMatMul");
    private static final Set<String> RESHAPES = Set.of("Unsqueeze", "Squeeze");
    /** Nodes that are gone back over at most. */
    private static final int FAR = 16;

    /** Looks for the head of a model with that output. */
    static LogitsHead of(OnnxModel model, String logits) {
        return new Search(model).from(logits);
    }

    private static final class Search {
        private final OnnxModel model;
        private final Map<String, Node> makers = new HashMap<>();

        Search(OnnxModel model) {
            this.model = model;
            model.nodes().forEach(node -> node.outputs().forEach(output -> makers.put(output, node)));
        }

        LogitsHead from(String logits) {
            Node last = makers.get(logits);
            if (last == null) {
                throw new ModelFormatException(model.file(), "output " + logits, "no node that makes it", "one");
            }
            Node node = last;
            for (int i = 0; i < FAR; i++) {
                if (PRODUCTS.contains(node.operator()) && makers.containsKey(node.input(0))) {
                    return unpruned(node);
                }
                List<String> moving = node.inputs().stream().filter(input -> !isConstant(input)).toList();
                Node before = moving.size() == 1 ? makers.get(moving.getFirst()) : null;
                if (!ELEMENTWISE.contains(node.operator()) || before == null) {
                    break;
                }
                node = before;
            }
            return new LogitsHead(last, logits, false, OptionalLong.empty());
        }

        private boolean isConstant(String value) {
            Node maker = makers.get(value);
            return maker == null ? model.initializers().containsKey(value) : maker.is("", "Constant");
        }

        /** The product's own input, or what the export gathers a row of each sequence from. */
        private LogitsHead unpruned(Node product) {
            Node maker = makers.get(product.input(0));
            for (int i = 0; i < FAR && maker != null && RESHAPES.contains(maker.operator()); i++) {
                maker = makers.get(maker.input(0));
            }
            if (maker == null || !maker.is("", "Gather") || !makers.containsKey(maker.input(0))) {
                return new LogitsHead(product, product.input(0), true, OptionalLong.empty());
            }
            long axis = maker.attributes().stream()
                    .mapToLong(each -> each instanceof Attribute.OfInt(String name, long value) && name.equals("axis")
                            ? value
                            : 0)
                    .sum();
            return new LogitsHead(product, maker.input(0), true, OptionalLong.of(axis));
        }
    }
}
