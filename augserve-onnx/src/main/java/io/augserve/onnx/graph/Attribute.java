package io.augserve.onnx.graph;

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

    /** An integer attribute. */
    static Attribute of(String name, long value) {
        return new OfInt(name, value);
    }

    /** A float attribute. */
    static Attribute of(String name, float value) {
        return new OfFloat(name, value);
    }
}
