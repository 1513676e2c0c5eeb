package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.PanelLayout.QUARTER;
import static io.augserve.onnx.linear.PanelLayout.ROWS;
import static io.augserve.onnx.linear.PanelLayout.SCALES;
import static io.augserve.onnx.linear.VectorDecoder.INTS;
import static io.augserve.onnx.linear.VectorDecoder.LANES;
import static io.augserve.onnx.linear.VectorDecoder.MEMORY;
import static io.augserve.onnx.linear.VectorDecoder.ORDER;
import static io.augserve.onnx.linear.VectorDecoder.WIDTH;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PanelMath} with the Vector API, four vectors of rows at a time. The loops call nothing but the Vector API: of a method with so many vectors the
 * JIT inlines no callee that is not marked for it, as those are, and then every vector that goes through it becomes an object.
 */
final class VectorPanelMath implements PanelMath {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED
            .withShape(VectorShape.forBitSize(Math.max(64, WIDTH * Byte.SIZE)));
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED
            .withShape(VectorShape.forBitSize(Math.max(64, WIDTH * Short.SIZE)));
    private static final int STEP = 4 * WIDTH;

    /** Whether this machine's vectors are long enough to be widened from bytes, and its numbers in the file's order. */
    static boolean isPossible() {
        return WIDTH >= 8 && WIDTH <= QUARTER && ByteOrder.nativeOrder() == ORDER;
    }

    @Override
    public void row(PanelLayout layout, float[] x, int columns, long panel, float[] sums) {
        for (int row = 0; row < ROWS; row += STEP) {
            if (layout.isInt4()) {
                row4(x, layout.padded(columns), layout.group(), panel, row, sums);
            } else {
                row8(x, layout.padded(columns), layout.group(), panel, row, sums);
            }
        }
    }

    private static void row8(float[] x, int columns, int group, long panel, int row, float[] sums) {
        FloatVector s0 = FloatVector.zero(LANES);
        FloatVector s1 = FloatVector.zero(LANES);
        FloatVector s2 = FloatVector.zero(LANES);
        FloatVector s3 = FloatVector.zero(LANES);
        int row1 = row + WIDTH;
        int row2 = row1 + WIDTH;
        int row3 = row2 + WIDTH;
        long at0 = SCALES + (long) (row / QUARTER) * QUARTER * group + row % QUARTER;
        long at1 = SCALES + (long) (row1 / QUARTER) * QUARTER * group + row1 % QUARTER;
        long at2 = SCALES + (long) (row2 / QUARTER) * QUARTER * group + row2 % QUARTER;
        long at3 = SCALES + (long) (row3 / QUARTER) * QUARTER * group + row3 % QUARTER;
        long start = panel;
        for (int from = 0; from < columns; from += group, start += SCALES + (long) ROWS * group) {
            long scales = start + 2L * row;
            FloatVector scale0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 2L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 4L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 6L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            for (int k = 0; k < group; k++) {
                FloatVector v = FloatVector.broadcast(LANES, x[from + k]);
                long at = start + (long) QUARTER * k;
                s0 = v.fma(((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at0, ORDER)
                        .convertShape(B2F, LANES, 0)).mul(scale0), s0);
                s1 = v.fma(((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at1, ORDER)
                        .convertShape(B2F, LANES, 0)).mul(scale1), s1);
                s2 = v.fma(((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at2, ORDER)
                        .convertShape(B2F, LANES, 0)).mul(scale2), s2);
                s3 = v.fma(((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at3, ORDER)
                        .convertShape(B2F, LANES, 0)).mul(scale3), s3);
            }
        }
        s0.intoArray(sums, row);
        s1.intoArray(sums, row1);
        s2.intoArray(sums, row2);
        s3.intoArray(sums, row3);
    }

    private static void row4(float[] x, int columns, int group, long panel, int row, float[] sums) {
        FloatVector s0 = FloatVector.zero(LANES);
        FloatVector s1 = FloatVector.zero(LANES);
        FloatVector s2 = FloatVector.zero(LANES);
        FloatVector s3 = FloatVector.zero(LANES);
        long start = panel;
        for (int from = 0; from < columns; from += group, start += SCALES + (long) ROWS / 2 * group) {
            long scales = start + 2L * row;
            FloatVector scale0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 2L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 4L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 6L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            long at = start + SCALES + row;
            for (int k = from; k < from + group; k += 2, at += ROWS) {
                FloatVector v = FloatVector.broadcast(LANES, x[k]);
                FloatVector u = FloatVector.broadcast(LANES, x[k + 1]);
                IntVector q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at, ORDER)
                        .convertShape(B2I, INTS, 0);
                s0 = v.fma(((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale0), s0);
                s0 = u.fma(((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale0), s0);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + WIDTH, ORDER)
                        .convertShape(B2I, INTS, 0);
                s1 = v.fma(((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale1), s1);
                s1 = u.fma(((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale1), s1);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + 2L * WIDTH, ORDER)
                        .convertShape(B2I, INTS, 0);
                s2 = v.fma(((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale2), s2);
                s2 = u.fma(((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale2), s2);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + 3L * WIDTH, ORDER)
                        .convertShape(B2I, INTS, 0);
                s3 = v.fma(((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale3), s3);
                s3 = u.fma(((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale3), s3);
            }
        }
        s0.intoArray(sums, row);
        s1.intoArray(sums, row + WIDTH);
        s2.intoArray(sums, row + 2 * WIDTH);
        s3.intoArray(sums, row + 3 * WIDTH);
    }

    @Override
    public void decode(PanelLayout layout, long panel, int from, int count, float[] to) {
        long start = panel + (long) (from / layout.group()) * layout.groupBytes();
        for (int row = 0; row < ROWS; row += STEP) {
            if (layout.isInt4()) {
                decode4(layout.group(), start, row, count, to);
            } else {
                decode8(layout.group(), start, row, count, to);
            }
        }
    }

    private static void decode8(int group, long panel, int row, int count, float[] to) {
        int row1 = row + WIDTH;
        int row2 = row1 + WIDTH;
        int row3 = row2 + WIDTH;
        long at0 = SCALES + (long) (row / QUARTER) * QUARTER * group + row % QUARTER;
        long at1 = SCALES + (long) (row1 / QUARTER) * QUARTER * group + row1 % QUARTER;
        long at2 = SCALES + (long) (row2 / QUARTER) * QUARTER * group + row2 % QUARTER;
        long at3 = SCALES + (long) (row3 / QUARTER) * QUARTER * group + row3 % QUARTER;
        long start = panel;
        int target = row;
        for (int from = 0; from < count; from += group, start += SCALES + (long) ROWS * group) {
            long scales = start + 2L * row;
            FloatVector scale0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 2L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 4L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 6L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            for (int k = 0; k < group; k++, target += ROWS) {
                long at = start + (long) QUARTER * k;
                ((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at0, ORDER).convertShape(B2F, LANES, 0))
                        .mul(scale0).intoArray(to, target);
                ((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at1, ORDER).convertShape(B2F, LANES, 0))
                        .mul(scale1).intoArray(to, target + WIDTH);
                ((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at2, ORDER).convertShape(B2F, LANES, 0))
                        .mul(scale2).intoArray(to, target + 2 * WIDTH);
                ((FloatVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + at3, ORDER).convertShape(B2F, LANES, 0))
                        .mul(scale3).intoArray(to, target + 3 * WIDTH);
            }
        }
    }

    private static void decode4(int group, long panel, int row, int count, float[] to) {
        long start = panel;
        int target = row;
        for (int from = 0; from < count; from += group, start += SCALES + (long) ROWS / 2 * group) {
            long scales = start + 2L * row;
            FloatVector scale0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 2L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 4L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector scale3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, scales + 6L * WIDTH, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            long at = start + SCALES + row;
            for (int k = 0; k < group; k += 2, at += ROWS, target += 2 * ROWS) {
                IntVector q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at, ORDER).convertShape(B2I, INTS,
                        0);
                ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale0).intoArray(to,
                        target);
                ((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale0).intoArray(to, target + ROWS);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + WIDTH, ORDER).convertShape(B2I, INTS,
                        0);
                ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale1).intoArray(to,
                        target + WIDTH);
                ((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale1).intoArray(to, target + WIDTH + ROWS);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + 2L * WIDTH, ORDER).convertShape(B2I,
                        INTS, 0);
                ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale2).intoArray(to,
                        target + 2 * WIDTH);
                ((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale2).intoArray(to,
                        target + 2 * WIDTH + ROWS);
                q = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, at + 3L * WIDTH, ORDER).convertShape(B2I,
                        INTS, 0);
                ((FloatVector) q.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale3).intoArray(to,
                        target + 3 * WIDTH);
                ((FloatVector) q.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale3).intoArray(to,
                        target + 3 * WIDTH + ROWS);
            }
        }
    }

    @Override
    public void accumulate(int rows, float[] x, int xAt, int stride, float[] w, int count, float[] sums, int at) {
        PanelTiles.accumulate(rows, x, xAt, stride, w, count, sums, at);
    }
}
