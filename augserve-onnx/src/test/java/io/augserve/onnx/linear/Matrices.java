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
        RowLayout stored = RowLayout.of(WeightFormat.FP32, 1);
        Matrix source = new Matrix("random", stored, rows, columns, floats(random, rows * columns));
        WeightLayout layout = WeightLayout.of(format, group);
        MemorySegment data = Arena.global().allocate(layout.bytes(rows, columns), 64);
        new MatrixEncoder(source, layout).encode(0, rows, data);
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
