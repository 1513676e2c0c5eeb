package io.augserve.jmh.rival;

import io.augserve.onnx.graph.Attribute;
import io.augserve.onnx.graph.Dimension;
import io.augserve.onnx.graph.Node;
import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.runtime.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes a decoder: the same for both, but for the attention node and its inputs and for the rank of what flows, which is [tokens, hidden] where
 * sequences are packed and [batch, tokens, hidden] where they are not.
 */
final class RivalGraph {
    static final String MICROSOFT = "com.microsoft";
    static final int POSITIONS = 8192;
    private static final double THETA = 10_000;

    /** The attention of a layer. */
    interface Attention {
        /** Declares what it needs beside queries, keys and values. */
        void declare(OnnxWriter graph);

        /** Adds the node. */
        void add(OnnxWriter graph, int layer, String query, String key, String value, String output);
    }

    private final OnnxWriter graph = new OnnxWriter();
    private final DecoderShape shape;
    private final WeightFile weights;
    private final boolean packed;

    private RivalGraph(DecoderShape shape, WeightFile weights, boolean packed) {
        this.shape = shape;
        this.weights = weights;
        this.packed = packed;
    }

    static byte[] write(DecoderShape shape, WeightFile weights, boolean packed, Attention attention) {
        return new RivalGraph(shape, weights, packed).write(attention);
    }

    private byte[] write(Attention attention) {
        declareInputs();
        attention.declare(graph);
        int hidden = shape.hidden();
        String x = call("embed", "", "Gather",
                List.of(weights.add(graph, "embedding", shape.vocabulary(), hidden), "ids"));
        String normed = call("first_norm", "", "SimplifiedLayerNormalization", List.of(x, norm("first_norm.w")),
                Attribute.of("axis", -1), Attribute.of("epsilon", 1e-5f));
        for (int layer = 0; layer < shape.layers(); layer++) {
            String at = "layer" + layer + ".";
            String q = linear(at + "q", normed, hidden, shape.queryWidth());
            String k = linear(at + "k", normed, hidden, shape.kvWidth());
            String v = linear(at + "v", normed, hidden, shape.kvWidth());
            attention.add(graph, layer, q, k, v, at + "attention");
            String[] next = addAndNorm(at + "middle", linear(at + "o", at + "attention", shape.queryWidth(), hidden),
                    x);
            String gate = linear(at + "gate", next[0], hidden, shape.inner());
            String up = linear(at + "up", next[0], hidden, shape.inner());
            String silu = call(at + "silu", "", "Mul",
                    List.of(gate, call(at + "sigmoid", "", "Sigmoid", List.of(gate))));
            String gated = call(at + "gated", "", "Mul", List.of(silu, up));
            next = addAndNorm(at + "end", linear(at + "down", gated, shape.inner(), hidden), next[1]);
            normed = next[0];
            x = next[1];
        }
        String rows = call("rows_of", "", "Gather", List.of(normed, "logit_rows"),
                Attribute.of("axis", packed ? 0 : 1));
        graph.node(new Node("head", "", "MatMul", List.of(rows, weights.add(graph, "head", hidden, shape.vocabulary())),
                List.of("logits"), List.of()));
        return graph.write("rival", Map.of("", 18, MICROSOFT, 1));
    }

    private void declareInputs() {
        Dimension[] tokens = dimensions();
        graph.input("ids", ElementType.INT64, tokens);
        graph.input("logit_rows", ElementType.INT64, Dimension.of("rows"));
        Dimension[] logits = Arrays.copyOf(tokens, tokens.length + 1);
        logits[tokens.length - 1] = Dimension.of("rows");
        logits[tokens.length] = Dimension.of(shape.vocabulary());
        graph.output("logits", ElementType.FLOAT, logits);
        int half = shape.headSize() / 2;
        float[] cos = new float[POSITIONS * half];
        float[] sin = new float[POSITIONS * half];
        for (int i = 0; i < cos.length; i++) {
            int position = i / half;
            double angle = position * Math.pow(THETA, -(double) (i % half) / half);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        graph.floats("cos", cos, POSITIONS, half);
        graph.floats("sin", sin, POSITIONS, half);
    }

    private Dimension[] dimensions() {
        return packed
                ? new Dimension[]{Dimension.of("tokens")}
                : new Dimension[]{Dimension.of("batch"), Dimension.of("tokens")};
    }

    private String norm(String name) {
        return weights.add(graph, name, shape.hidden());
    }

    private String linear(String name, String x, int in, int out) {
        return call(name, "", "MatMul", List.of(x, weights.add(graph, name + ".w", in, out)));
    }

    private String[] addAndNorm(String name, String x, String residual) {
        graph.node(
                new Node(name, MICROSOFT, "SkipSimplifiedLayerNormalization", List.of(x, residual, norm(name + ".w")),
                        List.of(name + ".normed", "", "", name + ".sum"), List.of(Attribute.of("epsilon", 1e-5f))));
        return new String[]{name + ".normed", name + ".sum"};
    }

    private String call(String name, String domain, String operator, List<String> inputs, Attribute... attributes) {
        graph.node(new Node(name, domain, operator, inputs, List.of(name + ".out"), List.of(attributes)));
        return name + ".out";
    }
}
