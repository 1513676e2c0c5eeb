package io.augserve.onnx.graph;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ONNX model as {@link OnnxReader} reads it: what a graph consists of, without documentation, metadata and inferred shapes. The numbers
 * of its constants stay in the files. Immutable as long as the file is.
 *
 * @param file where it was read
 * @param irVersion of the format
 * @param operatorSets version by domain, the empty domain being ONNX's own
 * @param nodes each behind those that make its inputs
 * @param initializers by name, in the file's order
 * @param inputs without initializers
 * @param outputs what nodes, inputs or initializers make
 * @param functions serialised {@code FunctionProto}s: operators that the model defines itself
 */
public record OnnxModel(Path file, long irVersion, Map<String, Integer> operatorSets, List<Node> nodes,
        Map<String, Initializer> initializers, List<TensorValue> inputs, List<TensorValue> outputs,
        List<MemorySegment> functions) {
    /** Takes immutable copies. */
    public OnnxModel {
        operatorSets = Map.copyOf(operatorSets);
        nodes = List.copyOf(nodes);
        initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        functions = List.copyOf(functions);
    }

    /** The input of that name. */
    Optional<TensorValue> input(String name) {
        return inputs.stream().filter(input -> input.name().equals(name)).findFirst();
    }

    /** The output of that name. */
    Optional<TensorValue> output(String name) {
        return outputs.stream().filter(output -> output.name().equals(name)).findFirst();
    }

    /** The nodes of an operator. */
    List<Node> nodes(String domain, String operator) {
        return nodes.stream().filter(node -> node.is(domain, operator)).toList();
    }

    /**
     * Bytes of constants that one run reads, however many tokens it has: all but tables that are only looked up, row by row.
     */
    long weightBytesPerRun() {
        Map<String, Boolean> read = new LinkedHashMap<>();
        for (Node node : nodes) {
            for (int i = 0; i < node.inputs().size(); i++) {
                boolean lookedUp = i == 0 && node.is("", "Gather");
                read.merge(node.inputs().get(i), !lookedUp, Boolean::logicalOr);
            }
        }
        return initializers.values().stream().filter(each -> read.getOrDefault(each.name(), false))
                .mapToLong(Initializer::bytes).sum();
    }
}
