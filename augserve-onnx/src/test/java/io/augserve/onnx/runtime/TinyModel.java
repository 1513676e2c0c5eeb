package io.augserve.onnx.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the few bytes of a small ONNX ModelProto, for tests. Field numbers are those of onnx.proto. */
public final class TinyModel {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream nodes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream initializers = new ByteArrayOutputStream();
    private final ByteArrayOutputStream inputs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream outputs = new ByteArrayOutputStream();
    private final List<String> domains = new ArrayList<>();

    /** Dimensions are numbers, or names for those known at run time. */
    public TinyModel input(String name, ElementType type, Object... dimensions) {
        message(inputs, 11, valueInfo(name, type, dimensions));
        return this;
    }

    public TinyModel output(String name, ElementType type, Object... dimensions) {
        message(outputs, 12, valueInfo(name, type, dimensions));
        return this;
    }

    public TinyModel floats(String name, float[] values, long... dimensions) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        ByteArrayOutputStream tensor = tensor(name, ElementType.FLOAT, dimensions);
        bytes(tensor, 9, raw.array());
        message(initializers, 5, tensor);
        return this;
    }

    /** A float initialiser that lies in a file beside the model. */
    public TinyModel externalFloats(String name, String file, long offset, long length, long... dimensions) {
        ByteArrayOutputStream tensor = tensor(name, ElementType.FLOAT, dimensions);
        new TreeMap<>(Map.of("location", file, "offset", Long.toString(offset), "length", Long.toString(length)))
                .forEach((key, value) -> {
                    ByteArrayOutputStream entry = new ByteArrayOutputStream();
                    string(entry, 1, key);
                    string(entry, 2, value);
                    message(tensor, 13, entry);
                });
        varint(tensor, 14, 1);
        message(initializers, 5, tensor);
        return this;
    }

    /** A node; an attribute is a Long or a Float, an empty input name an input left out. */
    public TinyModel node(String domain, String operator, List<String> from, List<String> to,
            Map<String, ?> attributes) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        from.forEach(name -> string(node, 1, name));
        to.forEach(name -> string(node, 2, name));
        string(node, 3, operator + to);
        string(node, 4, operator);
        new TreeMap<>(attributes).forEach((name, value) -> message(node, 5, attribute(name, value)));
        string(node, 7, domain);
        if (!domains.contains(domain)) {
            domains.add(domain);
        }
        message(nodes, 1, node);
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        graph.writeBytes(nodes.toByteArray());
        string(graph, 2, "test");
        graph.writeBytes(initializers.toByteArray());
        graph.writeBytes(inputs.toByteArray());
        graph.writeBytes(outputs.toByteArray());
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        varint(model, 1, 10);
        message(model, 7, graph);
        for (String domain : domains) {
            ByteArrayOutputStream opset = new ByteArrayOutputStream();
            string(opset, 1, domain);
            varint(opset, 2, domain.isEmpty() ? 18 : 1);
            message(model, 8, opset);
        }
        return model.toByteArray();
    }

    private static ByteArrayOutputStream attribute(String name, Object value) {
        ByteArrayOutputStream attribute = new ByteArrayOutputStream();
        string(attribute, 1, name);
        if (value instanceof Float real) {
            raw(attribute, (2 << 3) | FIXED32);
            attribute.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(real).array());
            varint(attribute, 20, 1);
        } else {
            varint(attribute, 3, ((Number) value).longValue());
            varint(attribute, 20, 2);
        }
        return attribute;
    }

    private static ByteArrayOutputStream tensor(String name, ElementType type, long... dimensions) {
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        for (long dimension : dimensions) {
            varint(tensor, 1, dimension);
        }
        varint(tensor, 2, type.code());
        string(tensor, 8, name);
        return tensor;
    }

    private static ByteArrayOutputStream valueInfo(String name, ElementType type, Object... dimensions) {
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        for (Object dimension : dimensions) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            if (dimension instanceof String symbol) {
                string(one, 2, symbol);
            } else {
                varint(one, 1, ((Number) dimension).longValue());
            }
            message(shape, 1, one);
        }
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        varint(tensor, 1, type.code());
        message(tensor, 2, shape);
        ByteArrayOutputStream kind = new ByteArrayOutputStream();
        message(kind, 1, tensor);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        string(info, 1, name);
        message(info, 2, kind);
        return info;
    }

    private static void varint(ByteArrayOutputStream to, int field, long value) {
        raw(to, ((long) field << 3) | VARINT);
        raw(to, value);
    }

    private static void string(ByteArrayOutputStream to, int field, String value) {
        bytes(to, field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void message(ByteArrayOutputStream to, int field, ByteArrayOutputStream value) {
        bytes(to, field, value.toByteArray());
    }

    private static void bytes(ByteArrayOutputStream to, int field, byte[] value) {
        raw(to, ((long) field << 3) | BYTES);
        raw(to, value.length);
        to.writeBytes(value);
    }

    private static void raw(ByteArrayOutputStream to, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            to.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        to.write((int) rest);
    }
}
