package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;

/**
 * The weights of a linear layer, [out, in], in mapped memory.
 *
 * @param name in the checkpoint
 * @param layout of the weights in memory
 * @param rows outputs of the layer
 * @param columns inputs of the layer
 * @param data the weights, of exactly their size
 */
public record Matrix(String name, WeightLayout layout, int rows, int columns, MemorySegment data) {
    public Matrix {
        if (rows < 1 || columns < 1 || data.byteSize() != layout.bytes(rows, columns)) {
            throw new IllegalArgumentException(name + ": " + data.byteSize() + " bytes do not hold [" + rows + ", "
                    + columns + "] in " + layout);
        }
    }

    /** What the weights are in. */
    public WeightFormat format() {
        return layout.format();
    }

    /** One weight. */
    public float weight(int row, int column) {
        return layout.weight(data, columns, row, column);
    }
}
