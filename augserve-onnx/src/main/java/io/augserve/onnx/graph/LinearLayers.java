package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;

/**
 * Which operators stand for the layers with large weights: the one choice in a decoder's graph that depends on where it runs. Layers are named as in the
 * checkpoint, without {@code .weight} and {@code .bias}; x is [tokens, in]. Implementations name the values that they make after their layers.
 *
 * <p>Weights in fp32 go to ONNX Runtime, whose Gemm packs them when a session is made and is the faster one then, most of all with many rows. In two bytes and
 * fewer they go to a product of our own: it reads less, which is what small batches wait for, and it needs no second copy in fp32.
 */
public sealed interface LinearLayers permits GemmLayers, ProductLayers {
    /** ONNX Runtime's own operators, with weights in fp32. */
    static LinearLayers gemm() {
        return gemm(ElementType.FLOAT);
    }

    /** ONNX Runtime's own operators, with weights in a type that they compute in. */
    static LinearLayers gemm(ElementType compute) {
        return new GemmLayers(compute);
    }

    /** Several layers of the same x; gives the name of each result, [tokens, out]. */
    List<String> linear(GraphNodes nodes, List<String> names, String x, boolean bias);

    /** silu(gate(x)) * up(x), of the layers {@code gate_proj} and {@code up_proj} behind a prefix; gives the result's name. */
    String gated(GraphNodes nodes, String prefix, String x, boolean bias);

    /** The output layer, whose weights may be the embedding's; its result has the name that is given. */
    void head(GraphNodes nodes, String name, String weights, String x, String result);

    /** The rows of a table that ids name, in the type that the graph computes in; gives the result's name. */
    String lookUp(GraphNodes nodes, String name, String weights, String ids);

    /** Bytes that one run reads of this tensor, of so many elements. */
    long bytesRead(String tensor, long elements);
}
