package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;

import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The nodes of a graph and the weights that they name, each of which is added when it is first asked for. Not thread-safe. */
final class GraphNodes {
    static final String ONNX = "";

    private final OnnxWriter onnx;
    private final ExternalWeights weights;
    private final ElementType compute;
    private final Set<String> initializers = new HashSet<>();

    /** @param compute what weights are in for operators */
    GraphNodes(OnnxWriter onnx, ExternalWeights weights, ElementType compute) {
        this.compute = compute;
        this.onnx = onnx;
        this.weights = weights;
    }

    /** The name of a weight in the type that the graph computes in. ONNX Runtime folds the cast when it loads the graph. */
    String weight(String name) {
        WeightTensor tensor = weights.tensor(name);
        return computed(tensor)
                ? raw(tensor)
                : initializers.add(cast(name)) ? cast(cast(name), raw(tensor)) : cast(name) + ".out";
    }

    /** What the cast of a value is called. */
    private String cast(String name) {
        return name + "." + compute.name().toLowerCase(Locale.ROOT);
    }

    /** Whether a tensor is stored in the type that the graph computes in. */
    boolean computed(WeightTensor tensor) {
        return type(tensor) == compute;
    }

    /** What the graph computes in. */
    ElementType compute() {
        return compute;
    }

    /** A tensor of the checkpoint. */
    WeightTensor tensor(String name) {
        return weights.tensor(name);
    }

    /** The name of a weight as it is stored. */
    String raw(WeightTensor tensor) {
        if (initializers.add(tensor.name())) {
            onnx.external(tensor.name(), type(tensor), tensor.shape(), weights.location(tensor), tensor.offset(),
                    tensor.length());
        }
        return tensor.name();
    }

    private static ElementType type(WeightTensor tensor) {
        return switch (tensor.type()) {
            case F32 -> FLOAT;
            case F16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
        };
    }

    /** A value in the type that the graph computes in. */
    String cast(String name, String x) {
        return call(name, ONNX, "Cast", List.of(x), Attribute.of("to", compute.code()));
    }

    /** A node's output in fp32, under the name that is given. */
    void castToFloat(String name, String x, String result) {
        node(name, ONNX, "Cast", List.of(x), List.of(result), Attribute.of("to", FLOAT.code()));
    }

    /** A node with one output, which is named after it. */
    String call(String name, String domain, String operator, List<String> inputs, Attribute... attributes) {
        String output = name + ".out";
        node(name, domain, operator, inputs, List.of(output), attributes);
        return output;
    }

    void node(String name, String domain, String operator, List<String> inputs, List<String> outputs,
            Attribute... attributes) {
        onnx.node(new Node(name, domain, operator, inputs, outputs, List.of(attributes)));
    }
}
