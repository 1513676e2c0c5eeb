package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A graph's input or output as a model file declares it.
 *
 * @param name the name
 * @param type ONNX's number of the element type; {@link ElementType} has those that can be fed
 * @param shape the dimensions, if the file has them; one without a size or a name has the empty name
 */
public record TensorValue(String name, int type, Optional<List<Dimension>> shape) {
    /** No vocabulary and no head is larger. */
    private static final int MAX_SIZE = 1 << 24;

    /** Takes an immutable copy of the list. */
    public TensorValue {
        shape = shape.map(List::copyOf);
    }

    static TensorValue of(String name, ElementType type, Dimension... shape) {
        return new TensorValue(name, type.code(), Optional.of(List.of(shape)));
    }

    boolean is(ElementType expected) {
        return type == expected.code();
    }

    /** The number of dimensions; -1 if the file does not say. */
    int rank() {
        return shape.map(List::size).orElse(-1);
    }

    /** The size of a dimension, if the file says a plausible one. */
    OptionalInt size(int axis) {
        return axis >= 0 && axis < rank() && shape.orElseThrow().get(axis) instanceof Dimension.Fixed(long size)
                && size > 0 && size <= MAX_SIZE ? OptionalInt.of((int) size) : OptionalInt.empty();
    }
}
