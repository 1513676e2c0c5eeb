package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** Random matrices and rows in native memory that is never freed. */
final class Matrices {
    static final List<WeightFormat> FORMATS = List.of(WeightFormat.FP32, WeightFormat.FP16, WeightFormat.BF16,
            WeightFormat.INT8, WeightFormat.INT4);

    private Matrices() {}

    static Matrix random(Random random, WeightFormat format, int group, int rows, int columns) {
        RowLayout layout = RowLayout.of(format, group);
        RowEncoder encoder = new RowEncoder(layout);
        MemorySegment data = Arena.global().allocate(rows * layout.rowBytes(columns), 2);
        float[] row = new float[columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                row[c] = (float) random.nextGaussian();
            }
            encoder.encode(row, columns, data, r * layout.rowBytes(columns));
        }
        return new Matrix("random", layout, rows, columns, data);
    }

    static MemorySegment floats(Random random, int count) {
        MemorySegment floats = zeros(count);
        for (int i = 0; i < count; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return floats;
    }

    static MemorySegment zeros(int count) {
        return Arena.global().allocate(Math.max(1, count) * 4L, 64).asSlice(0, count * 4L);
    }
}
