package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFile;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads an ONNX {@code ModelProto} (field numbers: github.com/onnx/onnx, onnx.proto3). The file is mapped; names and numbers of the graph's
 * structure are copied out, everything large stays where it is. A file that is cut off, makes a value twice, uses one before it is made, or
 * has more parts than any decoder is a {@link ModelFormatException}. Time and memory are bounded by the file's size and {@link #MAX_PARTS}.
 */
public final class OnnxReader {
    /** Nodes, values and dimensions that a model may have; large decoders have some ten thousand. */
    static final int MAX_PARTS = 1 << 20;
    /** Protobuf's own limit of a message. */
    private static final long MAX_FILE_BYTES = Integer.MAX_VALUE;

    private final Path file;
    private final OnnxMessages messages;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final List<TensorValue> inputs = new ArrayList<>();
    private final List<TensorValue> outputs = new ArrayList<>();
    private final List<MemorySegment> functions = new ArrayList<>();
    private final Map<String, Integer> operatorSets = new LinkedHashMap<>();
    private long irVersion;

    private OnnxReader(Path file) {
        this.file = file;
        this.messages = new OnnxMessages(file);
    }

    /**
     * Reads a model file.
     *
     * @throws ModelFormatException if it cannot be read or is no model
     */
    public static OnnxModel read(Path file) {
        ModelFile.requireRegular(file, "an ONNX model");
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > MAX_FILE_BYTES) {
                throw new ModelFormatException(file, "file", channel.size() + " bytes",
                        "at most " + MAX_FILE_BYTES + ", as ONNX demands");
            }
            return read(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable ONNX model", e);
        }
    }

    /** Reads a model in memory; what is embedded in it is taken to be at the same place in {@code file}. */
    static OnnxModel read(Path file, MemorySegment bytes) {
        OnnxReader reader = new OnnxReader(file);
        reader.model(new ProtoReader(file, bytes, 0));
        return reader.checked();
    }

    private void model(ProtoReader in) {
        boolean graph = false;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> irVersion = in.varint();
                case 7 -> {
                    if (graph) {
                        throw problem("graph", "two of them", "one");
                    }
                    graph = true;
                    graph(in.message());
                }
                case 8 -> operatorSet(in.message());
                case 25 -> functions.add(messages.part(in).content());
                default -> in.skip();
            }
        }
        if (!graph || operatorSets.isEmpty()) {
            throw problem("model", graph ? "no operator set" : "no graph", "an ONNX model");
        }
    }

    private void operatorSet(ProtoReader in) {
        String domain = "";
        int version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.string();
                case 2 -> version = in.number();
                default -> in.skip();
            }
        }
        messages.part(in);
        operatorSets.put(domain.equals("ai.onnx") ? "" : domain, version);
    }

    private void graph(ProtoReader in) {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(messages.node(messages.part(in).message()));
                case 5 -> constant(messages.initializer(messages.part(in).message()));
                case 11 -> inputs.add(messages.value(messages.part(in).message()));
                case 12 -> outputs.add(messages.value(messages.part(in).message()));
                case 15 -> throw problem("graph", "sparse constants", "dense ones");
                default -> in.skip();
            }
        }
    }

    private void constant(Initializer constant) {
        if (initializers.put(constant.name(), constant) != null) {
            throw problem("constant " + constant.name(), "it twice", "it once");
        }
    }

    /** Older models declare their constants as inputs too. */
    private OnnxModel checked() {
        inputs.removeIf(input -> initializers.containsKey(input.name()));
        Set<String> made = new HashSet<>(initializers.keySet());
        made.add("");
        inputs.forEach(input -> make(made, input.name()));
        for (Node node : nodes) {
            for (String input : node.inputs()) {
                require(made, input, node.title());
            }
            node.outputs().stream().filter(output -> !output.isEmpty()).forEach(output -> make(made, output));
        }
        outputs.forEach(output -> require(made, output.name(), "graph output"));
        return new OnnxModel(file, irVersion, operatorSets, nodes, initializers, inputs, outputs, functions);
    }

    private void make(Set<String> made, String value) {
        if (!made.add(value)) {
            throw problem("value " + value, "it made twice", "it made once");
        }
    }

    private void require(Set<String> made, String value, String user) {
        if (!made.contains(value)) {
            throw problem(user, "the value " + value + " before it is made",
                    "nodes behind those that make their inputs, without cycles");
        }
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(file, where, found, expected);
    }
}
