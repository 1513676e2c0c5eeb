package io.augserve.onnx.runtime;

import java.util.List;

/**
 * A graph's input or output.
 *
 * @param shape the dimensions; -1 for one that is only known at run time
 */
public record TensorInfo(String name, ElementType type, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }
}
