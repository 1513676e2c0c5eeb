package io.augserve.onnx.model;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one weight lies: little-endian, row-major, contiguous in a file.
 *
 * @param name the tensor's name in the checkpoint
 * @param type the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param file the file that holds it
 * @param offset absolute position of its first byte in the file
 * @param length size in bytes: the product of the shape times the element size
 */
public record WeightTensor(String name, WeightType type, List<Long> shape, Path file, long offset, long length) {
    /** Takes an immutable copy of the shape. */
    public WeightTensor {
        shape = List.copyOf(shape);
    }
}
