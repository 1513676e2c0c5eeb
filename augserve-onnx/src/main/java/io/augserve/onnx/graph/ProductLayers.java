package io.augserve.onnx.graph;

import static io.augserve.onnx.linear.LinearOperators.DOMAIN;

import io.augserve.onnx.linear.LinearOperators;
import io.augserve.onnx.linear.ServedWeights;
import java.util.List;

/** {@link LinearOperators}: the weights are not in the graph but known to the operators, and layers of one x are one node. */
public final class ProductLayers implements LinearLayers {
    private final ServedWeights weights;

    /** Layers with these weights, which the operators of the session must have too. */
    public ProductLayers(ServedWeights weights) {
        this.weights = weights;
    }

    @Override
    public List<String> linear(GraphNodes nodes, List<String> names, String x, boolean bias) {
        List<String> results = names.stream().map(name -> name + ".out").toList();
        nodes.node(names.getFirst(), DOMAIN, LinearOperators.LINEAR, List.of(x), results,
                layers(names.stream().map(name -> name + ".weight").toList()));
        return results;
    }

    @Override
    public String gated(GraphNodes nodes, String prefix, String x, boolean bias) {
        return nodes.call(prefix + "gated", DOMAIN, LinearOperators.GATED, List.of(x),
                layers(List.of(prefix + "gate_proj.weight", prefix + "up_proj.weight")));
    }

    @Override
    public void head(GraphNodes nodes, String name, String tensor, String x, String result) {
        nodes.node(name, DOMAIN, LinearOperators.LINEAR, List.of(x), List.of(result), layers(List.of(tensor)));
    }

    @Override
    public String lookUp(GraphNodes nodes, String name, String tensor, String ids) {
        return nodes.call(name, DOMAIN, LinearOperators.ROWS, List.of(ids), layers(List.of(tensor)));
    }

    @Override
    public long bytesRead(String tensor, long elements) {
        return weights.bytes(tensor).orElse(Float.BYTES * elements);
    }

    private Attribute[] layers(List<String> tensors) {
        Attribute[] attributes = new Attribute[tensors.size()];
        for (int i = 0; i < attributes.length; i++) {
            attributes[i] = Attribute.of(LinearOperators.attribute(i), weights.number(tensors.get(i)));
        }
        return attributes;
    }
}
