package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;
import java.util.Map;

/** Graphs of one operator each, over inputs of any size, whose time shows what a machine can do. */
public final class RateGraphs {
    /** First input. */
    public static final String A = "a";
    /** Second input of the product. */
    public static final String B = "b";
    /** Output. */
    public static final String Y = "y";

    private RateGraphs() {}

    /** y = -a, which reads and writes memory and does next to nothing else: [n]. */
    public static byte[] stream(ElementType type) {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input(A, type, Dimension.of("n"));
        onnx.node(new Node("neg", "", "Neg", List.of(A), List.of(Y), List.of()));
        onnx.output(Y, type, Dimension.of("n"));
        return onnx.write("stream", Map.of("", 18));
    }

    /** y = a b: [m, k], [k, n] and [m, n]. */
    public static byte[] product(ElementType type) {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input(A, type, Dimension.of("m"), Dimension.of("k"));
        onnx.input(B, type, Dimension.of("k"), Dimension.of("n"));
        onnx.node(new Node("product", "", "MatMul", List.of(A, B), List.of(Y), List.of()));
        onnx.output(Y, type, Dimension.of("m"), Dimension.of("n"));
        return onnx.write("product", Map.of("", 18));
    }
}
