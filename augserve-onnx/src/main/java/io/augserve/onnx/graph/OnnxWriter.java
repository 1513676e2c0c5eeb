package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects a graph and writes it as an ONNX {@code ModelProto} (field numbers: github.com/onnx/onnx, onnx.proto3).
 * Nodes must be added after those that make their inputs. Names are the caller's; nothing is checked that ONNX Runtime
 * checks when it loads the model. Not thread-safe.
 */
public final class OnnxWriter {
    private static final int IR_VERSION = 10;
    private static final int EXTERNAL = 1;

    private final long irVersion;

    private final List<ProtoMessage> nodes = new ArrayList<>();
    private final List<ProtoMessage> initializers = new ArrayList<>();
    private final List<ProtoMessage> inputs = new ArrayList<>();
    private final List<ProtoMessage> outputs = new ArrayList<>();
    private final List<MemorySegment> functions = new ArrayList<>();

    /** A model in this writer's own version of the format. */
    public OnnxWriter() {
        this(IR_VERSION);
    }

    /** A model in that version of the format, or in the writer's own if that is later. */
    OnnxWriter(long irVersion) {
        this.irVersion = Math.max(IR_VERSION, irVersion);
    }

    /** Declares a graph input. */
    public void input(String name, ElementType type, Dimension... shape) {
        input(TensorValue.of(name, type, shape));
    }

    void input(TensorValue value) {
        inputs.add(valueInfo(value));
    }

    void output(TensorValue value) {
        outputs.add(valueInfo(value));
    }

    /** Declares a graph output; a node must make it. */
    public void output(String name, ElementType type, Dimension... shape) {
        output(TensorValue.of(name, type, shape));
    }

    /** Adds a float constant whose numbers are part of the model: {@code values} in row-major order. */
    public void floats(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        initializers.add(tensor(name, ElementType.FLOAT.code(), shape).bytes(9, bytes.array()));
    }

    /** Adds a one-dimensional int64 constant, such as the target of a Reshape. */
    public void longs(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        initializers.add(tensor(name, ElementType.INT64.code(), values.length).bytes(9, bytes.array()));
    }

    /**
     * Adds a constant whose numbers stay in another file.
     *
     * @param location the file, relative to the folder that the session is told, with {@code /} as separator
     * @param offset position of the first byte in the file; any alignment
     * @param length size in bytes
     */
    public void external(String name, ElementType type, Collection<Long> shape, String location, long offset,
            long length) {
        external(name, type.code(), shape, location, offset, length);
    }

    void external(String name, int type, Collection<Long> shape, String location, long offset, long length) {
        long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
        initializers.add(tensor(name, type, dims).message(13, entry("location", location))
                .message(13, entry("offset", Long.toString(offset)))
                .message(13, entry("length", Long.toString(length))).varint(14, EXTERNAL));
    }

    /** Adds a constant that was serialised elsewhere, a {@code TensorProto}. */
    void initializer(MemorySegment tensor) {
        initializers.add(new ProtoMessage().raw(tensor));
    }

    /** Adds an operator that the model defines itself, a serialised {@code FunctionProto}. */
    void function(MemorySegment function) {
        functions.add(function);
    }

    /** Adds an operator call. */
    public void node(Node node) {
        ProtoMessage message = new ProtoMessage();
        node.inputs().forEach(input -> message.string(1, input));
        node.outputs().forEach(output -> message.string(2, output));
        message.string(3, node.name()).string(4, node.operator());
        node.attributes().forEach(each -> message.message(5, attribute(each)));
        if (!node.domain().isEmpty()) {
            message.string(7, node.domain());
        }
        nodes.add(message);
    }

    /**
     * Writes everything added so far.
     *
     * @param graphName the graph's name
     * @param operatorSets version by domain, the empty domain being ONNX's own
     */
    public byte[] write(String graphName, Map<String, Integer> operatorSets) {
        ProtoMessage graph = new ProtoMessage();
        nodes.forEach(node -> graph.message(1, node));
        graph.string(2, graphName);
        initializers.forEach(tensor -> graph.message(5, tensor));
        inputs.forEach(input -> graph.message(11, input));
        outputs.forEach(output -> graph.message(12, output));
        ProtoMessage model = new ProtoMessage().varint(1, irVersion).string(2, "augserve").message(7, graph);
        new TreeMap<>(operatorSets).forEach((domain, version) -> model.message(8,
                new ProtoMessage().string(1, domain).varint(2, version)));
        functions.forEach(function -> model.message(25, new ProtoMessage().raw(function)));
        return model.toByteArray();
    }

    private static ProtoMessage valueInfo(TensorValue value) {
        ProtoMessage tensorType = new ProtoMessage().varint(1, value.type());
        value.shape().ifPresent(shape -> tensorType.message(2, dimensions(shape)));
        return new ProtoMessage().string(1, value.name()).message(2, new ProtoMessage().message(1, tensorType));
    }

    private static ProtoMessage dimensions(List<Dimension> shape) {
        ProtoMessage dims = new ProtoMessage();
        for (Dimension dimension : shape) {
            dims.message(1, switch (dimension) {
                case Dimension.Fixed(long size) -> new ProtoMessage().varint(1, size);
                case Dimension.Symbolic(String symbol) -> new ProtoMessage().string(2, symbol);
            });
        }
        return dims;
    }

    private static ProtoMessage tensor(String name, int type, long... shape) {
        ProtoMessage tensor = new ProtoMessage();
        for (long dimension : shape) {
            tensor.varint(1, dimension);
        }
        return tensor.varint(2, type).string(8, name);
    }

    private static ProtoMessage entry(String key, String value) {
        return new ProtoMessage().string(1, key).string(2, value);
    }

    private static ProtoMessage attribute(Attribute attribute) {
        ProtoMessage message = new ProtoMessage().string(1, attribute.name());
        return switch (attribute) {
            case Attribute.OfFloat(String ignored, float value) -> message.fixed32(2, value).varint(20, 1);
            case Attribute.OfInt(String ignored, long value) -> message.varint(3, value).varint(20, 2);
            case Attribute.OfString(String ignored, String value) -> message.string(4, value).varint(20, 3);
            case Attribute.OfInts(String ignored, List<Long> values) -> {
                values.forEach(value -> message.varint(8, value));
                yield message.varint(20, 7);
            }
            case Attribute.Encoded(String ignored, int type, MemorySegment encoded) -> new ProtoMessage().raw(encoded);
        };
    }
}
