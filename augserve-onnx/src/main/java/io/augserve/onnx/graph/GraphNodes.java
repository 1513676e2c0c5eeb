package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;

import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The nodes of a graph and the weights that they name, each of which is added when it is first asked for. Not thread-safe. */
final class GraphNodes {
    static final String ONNX = "";

    private final OnnxWriter onnx;
    private final ExternalWeights weights;
    private final Set<String> initializers = new HashSet<>();

    GraphNodes(OnnxWriter onnx, ExternalWeights weights) {
        this.onnx = onnx;
        this.weights = weights;
    }

    /** The name of a weight in float. ONNX Runtime folds the cast when it loads the graph. */
    String weight(String name) {
        WeightTensor tensor = weights.tensor(name);
        if (tensor.type() == WeightType.F32) {
            return raw(tensor);
        }
        boolean first = initializers.add(name + ".float");
        return first ? cast(name + ".float", raw(tensor)) : name + ".float.out";
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

    String cast(String name, String x) {
        return call(name, ONNX, "Cast", List.of(x), Attribute.of("to", FLOAT.code()));
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
