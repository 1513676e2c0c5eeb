package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    private static final int EXTERNAL = 1;

    private final Path file;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final List<TensorValue> inputs = new ArrayList<>();
    private final List<TensorValue> outputs = new ArrayList<>();
    private final List<MemorySegment> functions = new ArrayList<>();
    private final Map<String, Integer> operatorSets = new LinkedHashMap<>();
    private long irVersion;
    private int parts;

    private OnnxReader(Path file) {
        this.file = file;
    }

    /**
     * Reads a model file.
     *
     * @throws ModelFormatException if it cannot be read or is no model
     */
    public static OnnxModel read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > MAX_FILE_BYTES) {
                throw new ModelFormatException(file, "file", channel.size() + " bytes",
                        "at most " + MAX_FILE_BYTES + ", as ONNX demands");
            }
            return read(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(file, "file", "no such file", "an ONNX model", e);
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
                case 25 -> functions.add(part(in).content());
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
        part(in);
        operatorSets.put(domain.equals("ai.onnx") ? "" : domain, version);
    }

    private void graph(ProtoReader in) {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(node(part(in).message()));
                case 5 -> initializer(part(in).message());
                case 11 -> inputs.add(value(part(in).message()));
                case 12 -> outputs.add(value(part(in).message()));
                case 15 -> throw problem("graph", "sparse constants", "dense ones");
                default -> in.skip();
            }
        }
    }

    private Node node(ProtoReader in) {
        String name = "";
        String domain = "";
        String operator = "";
        List<String> from = new ArrayList<>();
        List<String> to = new ArrayList<>();
        List<Attribute> attributes = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> from.add(part(in).string());
                case 2 -> to.add(part(in).string());
                case 3 -> name = in.string();
                case 4 -> operator = in.string();
                case 5 -> attributes.add(attribute(part(in).message()));
                case 7 -> domain = in.string();
                default -> in.skip();
            }
        }
        return new Node(name, domain.equals("ai.onnx") ? "" : domain, operator, from, to, attributes);
    }

    private Attribute attribute(ProtoReader in) {
        String name = "";
        int type = 0;
        float real = 0;
        long integer = 0;
        Optional<String> text = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string();
                case 2 -> real = in.fixed32();
                case 3 -> integer = in.varint();
                case 4 -> text = Optional.of(in.string());
                case 20 -> type = in.number();
                default -> in.skip();
            }
        }
        return switch (type) {
            case 1 -> new Attribute.OfFloat(name, real);
            case 2 -> new Attribute.OfInt(name, integer);
            case 3 -> new Attribute.OfString(name, text.orElse(""));
            default -> new Attribute.Encoded(name, type, in.all());
        };
    }

    private void initializer(ProtoReader in) {
        String name = "";
        int type = 0;
        List<Long> shape = new ArrayList<>();
        Map<String, String> entries = new LinkedHashMap<>();
        int location = 0;
        long rawOffset = -1;
        long rawLength = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.varints(size -> shape.add(dimension(in, size)));
                case 2 -> type = in.number();
                case 8 -> name = in.string();
                case 9 -> {
                    ProtoReader raw = in.message();
                    rawOffset = raw.begin();
                    rawLength = raw.all().byteSize();
                }
                case 13 -> entry(part(in).message(), entries);
                case 14 -> location = in.number();
                default -> in.skip();
            }
        }
        Initializer.Data data = location == EXTERNAL
                ? external(name, entries)
                : rawOffset >= 0
                        ? new Initializer.Data.Raw(in.all(), rawOffset, rawLength)
                        : new Initializer.Data.Listed(in.all());
        if (initializers.put(name, new Initializer(name, type, shape, data)) != null) {
            throw problem("constant " + name, "it twice", "it once");
        }
    }

    private long dimension(ProtoReader in, long size) {
        part(in);
        if (size < 0) {
            throw in.problem("a dimension of " + size, "at least 0");
        }
        return size;
    }

    private static void entry(ProtoReader in, Map<String, String> entries) {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.string();
                case 2 -> value = in.string();
                default -> in.skip();
            }
        }
        entries.put(key, value);
    }

    private Initializer.Data.External external(String name, Map<String, String> entries) {
        String where = "constant " + name;
        String location = entries.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw problem(where, "no location", "the file that has its numbers");
        }
        OptionalLong length = entries.containsKey("length")
                ? OptionalLong.of(position(where, "length", entries.get("length")))
                : OptionalLong.empty();
        return new Initializer.Data.External(location,
                position(where, "offset", entries.getOrDefault("offset", "0")), length);
    }

    private long position(String where, String what, String text) {
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) { // reported below like any other wrong number
        }
        throw problem(where, what + " " + text, "a number of bytes");
    }

    private TensorValue value(ProtoReader in) {
        String name = "";
        int type = 0;
        Optional<List<Dimension>> shape = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string();
                case 2 -> {
                    ProtoReader kind = in.message();
                    while (kind.next()) {
                        if (kind.field() != 1) {
                            kind.skip();
                            continue;
                        }
                        ProtoReader tensor = kind.message();
                        while (tensor.next()) {
                            switch (tensor.field()) {
                                case 1 -> type = tensor.number();
                                case 2 -> shape = Optional.of(shape(tensor.message()));
                                default -> tensor.skip();
                            }
                        }
                    }
                }
                default -> in.skip();
            }
        }
        return new TensorValue(name, type, shape);
    }

    private List<Dimension> shape(ProtoReader in) {
        List<Dimension> shape = new ArrayList<>();
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            Dimension dimension = Dimension.of("");
            ProtoReader each = part(in).message();
            while (each.next()) {
                switch (each.field()) {
                    case 1 -> dimension = Dimension.of(dimension(each, each.varint()));
                    case 2 -> dimension = Dimension.of(each.string());
                    default -> each.skip();
                }
            }
            shape.add(dimension);
        }
        return shape;
    }

    /** Older models declare their constants as inputs too. */
    private OnnxModel checked() {
        inputs.removeIf(input -> initializers.containsKey(input.name()));
        Set<String> made = new HashSet<>(initializers.keySet());
        made.add("");
        inputs.forEach(input -> make(made, input.name()));
        for (Node node : nodes) {
            for (String input : node.inputs()) {
                require(made, input, "node " + node.name() + " (" + node.operator() + ")");
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

    private ProtoReader part(ProtoReader in) {
        if (++parts > MAX_PARTS) {
            throw problem("model", "more than " + MAX_PARTS + " parts", "a decoder");
        }
        return in;
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(file, where, found, expected);
    }
}
