package io.augserve.onnx.graph;

/** One dimension of a graph input or output. */
public sealed interface Dimension {
    /**
     * A size that is known when the graph is written.
     *
     * @param size at least 0
     */
    record Fixed(long size) implements Dimension {}

    /**
     * A size that a run decides; equal names mean equal sizes.
     *
     * @param name the name
     */
    record Symbolic(String name) implements Dimension {}

    /** A known size. */
    static Dimension of(long size) {
        return new Fixed(size);
    }

    /** A size that a run decides. */
    static Dimension of(String name) {
        return new Symbolic(name);
    }
}
