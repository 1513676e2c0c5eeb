package io.augserve.onnx.graph;

import java.util.List;

/**
 * One operator call.
 *
 * @param name unique in the graph; profiles and error messages show it
 * @param domain the operator set, empty for ONNX's own
 * @param operator the operator's name in that set
 * @param inputs names of values; an empty name skips an optional input
 * @param outputs names of values, unique in the graph; an empty name skips an optional output
 * @param attributes the constants
 */
public record Node(String name, String domain, String operator, List<String> inputs, List<String> outputs,
        List<Attribute> attributes) {
    /** Takes immutable copies of the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
    }

    boolean is(String otherDomain, String otherOperator) {
        return operator.equals(otherOperator) && domain.equals(otherDomain);
    }

    /** What a message calls it. */
    String title() {
        return "node " + name + " (" + operator + ")";
    }

    /** The name of an input, or the empty name if the node leaves it out. */
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }
}
