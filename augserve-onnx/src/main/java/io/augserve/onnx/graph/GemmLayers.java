package io.augserve.onnx.graph;

import static io.augserve.onnx.graph.GraphNodes.ONNX;

import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.runtime.ElementType;
import java.util.List;

/**
 * {@code Gemm} with {@code transB}, because Hugging Face stores layers as [out, in]; weights that are stored in another type than the graph computes in
 * are cast when a session is made.
 */
final class GemmLayers implements LinearLayers {
    private final ElementType compute;

    GemmLayers(ElementType compute) {
        this.compute = compute;
    }

    @Override
    public List<String> linear(GraphNodes nodes, List<String> names, String x, boolean bias) {
        return names.stream().map(name -> gemm(nodes, name, x, bias)).toList();
    }

    private static String gemm(GraphNodes nodes, String name, String x, boolean bias) {
        String matrix = nodes.weight(name + ".weight");
        List<String> inputs = bias ? List.of(x, matrix, nodes.weight(name + ".bias")) : List.of(x, matrix);
        return nodes.call(name, ONNX, "Gemm", inputs, Attribute.of("transB", 1));
    }

    @Override
    public String gated(GraphNodes nodes, String prefix, String x, boolean bias) {
        String gate = gemm(nodes, prefix + "gate_proj", x, bias);
        String up = gemm(nodes, prefix + "up_proj", x, bias);
        String sigmoid = nodes.call(prefix + "sigmoid", ONNX, "Sigmoid", List.of(gate));
        String silu = nodes.call(prefix + "silu", ONNX, "Mul", List.of(gate, sigmoid));
        return nodes.call(prefix + "gated", ONNX, "Mul", List.of(silu, up));
    }

    @Override
    public void head(GraphNodes nodes, String name, String weights, String x, String result) {
        boolean direct = nodes.compute() == ElementType.FLOAT;
        String product = direct ? result : name + ".out";
        nodes.node(name, ONNX, "Gemm", List.of(x, nodes.weight(weights)), List.of(product), Attribute.of("transB", 1));
        if (!direct) {
            nodes.castToFloat(name + ".cast", product, result);
        }
    }

    /** Casts the rows that are looked up and not the table, which would need its size again. */
    @Override
    public String lookUp(GraphNodes nodes, String name, String weights, String ids) {
        WeightTensor table = nodes.tensor(weights);
        String rows = nodes.call(name, ONNX, "Gather", List.of(nodes.raw(table), ids));
        return nodes.computed(table) ? rows : nodes.cast(name + ".float", rows);
    }

    @Override
    public long bytesRead(String tensor, long elements) {
        return compute.bytes() * elements;
    }
}
