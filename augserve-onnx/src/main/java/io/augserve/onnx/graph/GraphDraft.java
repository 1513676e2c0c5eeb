package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A graph that is made out of a model's: nodes in their order, declared inputs, and constants of its own. Not thread-safe. */
final class GraphDraft {
    /** Begins the names of all that is new. */
    static final String PREFIX = "augserve.";

    private static final String AXIS_0 = PREFIX + "axis_0";

    private final OnnxModel model;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorValue> inputs = new LinkedHashMap<>();
    /** New ones, and those that take the place of the model's. */
    private final Map<String, Initializer> constants = new LinkedHashMap<>();

    GraphDraft(OnnxModel model) {
        this.model = model;
    }

    /** Declares an input and returns its name. */
    String declare(TensorValue input) {
        inputs.put(input.name(), input);
        return input.name();
    }

    void constant(Initializer constant) {
        constants.put(constant.name(), constant);
    }

    void add(Node node) {
        nodes.add(node);
    }

    /** Adds one of ONNX's own operators with one output, which is returned. */
    String add(String operator, List<String> from, String to, Attribute... attributes) {
        nodes.add(new Node(to, "", operator, from, List.of(to), List.of(attributes)));
        return to;
    }

    String cast(String value, String to, ElementType type) {
        return add("Cast", List.of(value), to, Attribute.of("to", type.code()));
    }

    /** Removes a first dimension of 1. */
    String squeeze(String value, String to) {
        return add("Squeeze", List.of(value, axis0()), to);
    }

    /** Adds a first dimension of 1. */
    String unsqueeze(String value, String to) {
        return add("Unsqueeze", List.of(value, axis0()), to);
    }

    private String axis0() {
        constant(Initializer.ofLongs(AXIS_0, List.of(0L)));
        return AXIS_0;
    }

    /**
     * The nodes that outputs need, in their order, and what these need.
     *
     * @param domain an operator set that the draft uses, in version 1
     * @throws ModelFormatException if they need an input of the model that is neither declared nor made by a node
     */
    OnnxModel live(List<TensorValue> outputs, String domain) {
        Set<String> needed = outputs.stream().map(TensorValue::name).collect(Collectors.toCollection(HashSet::new));
        List<Node> kept = new ArrayList<>();
        for (Node node : nodes.reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                kept.add(node);
                needed.addAll(node.inputs());
            }
        }
        Set<String> made = kept.stream().flatMap(node -> node.outputs().stream()).collect(Collectors.toSet());
        made.addAll(inputs.keySet());
        for (TensorValue input : model.inputs()) {
            if (needed.contains(input.name()) && !made.contains(input.name())) {
                throw new ModelFormatException(model.file(), "input " + input.name(),
                        "it used by " + user(kept, input.name()), "nothing but attention that needs it");
            }
        }
        Map<String, Initializer> initializers = new LinkedHashMap<>(model.initializers());
        initializers.keySet().retainAll(needed);
        initializers.putAll(constants);
        Map<String, Integer> operatorSets = new HashMap<>(model.operatorSets());
        operatorSets.put(domain, 1);
        return new OnnxModel(model.file(), model.irVersion(), operatorSets, kept.reversed(), initializers,
                List.copyOf(inputs.values()), outputs, model.functions());
    }

    private static String user(List<Node> kept, String value) {
        return kept.stream().filter(node -> node.inputs().contains(value)).map(Node::title).findFirst().orElse("");
    }
}
