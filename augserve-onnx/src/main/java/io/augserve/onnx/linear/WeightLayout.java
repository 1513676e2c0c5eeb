package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;

/** How the weights of a matrix lie in memory. */
sealed interface WeightLayout permits RowLayout, PanelLayout {
    /** What a weight is. */
    WeightFormat format();

    /** Weights of a row that share a scale; 1 for formats without scales. */
    int group();

    /** Bytes of a matrix. */
    long bytes(int rows, int columns);

    /** One weight: the definition. */
    float weight(MemorySegment data, int columns, int row, int column);

    /** How matrices that are converted to a format lie. */
    static WeightLayout of(WeightFormat format, int groupSize) {
        return format.quantised() ? new PanelLayout(format, groupSize) : RowLayout.of(format, groupSize);
    }
}
