package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;

/**
 * The weights of a linear layer, [out, in], in mapped memory.
 *
 * @param name in the checkpoint
 * @param layout of a row
 * @param rows outputs of the layer
 * @param columns inputs of the layer
 * @param data the rows, of exactly their size
 */
public record Matrix(String name, RowLayout layout, int rows, int columns, MemorySegment data) {
    public Matrix {
        if (rows < 1 || columns < 1 || data.byteSize() != rows * layout.rowBytes(columns)) {
            throw new IllegalArgumentException(name + ": " + data.byteSize() + " bytes do not hold [" + rows + ", "
                    + columns + "] in " + layout);
        }
    }

    /** What the weights are in. */
    public WeightFormat format() {
        return layout.format();
    }

    /** The first byte of a row. */
    long rowOffset(int row) {
        return row * layout.rowBytes(columns);
    }

    /** One weight. */
    public float weight(int row, int column) {
        return layout.weight(data, rowOffset(row), column);
    }
}
