package io.augserve.onnx.graph;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A named constant of a node. */
public sealed interface Attribute {
    /** The name that the operator's schema gives. */
    String name();

    /**
     * An integer attribute.
     *
     * @param name the name
     * @param value the value
     */
    record OfInt(String name, long value) implements Attribute {}

    /**
     * A float attribute.
     *
     * @param name the name
     * @param value the value
     */
    record OfFloat(String name, float value) implements Attribute {}

    /**
     * A text attribute.
     *
     * @param name the name
     * @param value the value
     */
    record OfString(String name, String value) implements Attribute {}

    /**
     * A list of integers.
     *
     * @param name the name
     * @param values the values
     */
    record OfInts(String name, List<Long> values) implements Attribute {
        /** Takes an immutable copy of the list. */
        public OfInts {
            values = List.copyOf(values);
        }
    }

    /**
     * An attribute of any other type, such as a tensor or a graph, as it stands in a model file.
     *
     * @param name the name
     * @param type ONNX's number of the type
     * @param message the serialised {@code AttributeProto}, name and all
     */
    record Encoded(String name, int type, MemorySegment message) implements Attribute {
        private static final int GRAPH = 5;
        private static final int GRAPHS = 10;

        boolean isGraph() {
            return type == GRAPH || type == GRAPHS;
        }
    }

    /** An integer attribute. */
    static Attribute of(String name, long value) {
        return new OfInt(name, value);
    }

    /** A float attribute. */
    static Attribute of(String name, float value) {
        return new OfFloat(name, value);
    }

    /** A list of integers. */
    static Attribute ints(String name, Long... values) {
        return new OfInts(name, List.of(values));
    }
}
