package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.VectorDecoder.LANES;
import static io.augserve.onnx.linear.VectorDecoder.MEMORY;
import static io.augserve.onnx.linear.VectorDecoder.SCALE;
import static io.augserve.onnx.linear.VectorDecoder.WIDTH;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link RowKernel} with the Vector API, one for each format but fp32, written out so that every sum stays in a register. How many rows one has is how many
 * the JIT still compiles as a whole: with more operations in a loop it stops to inline, and every vector becomes an object.
 */
sealed interface VectorRowKernel extends RowKernel {
    /** None where there is no vector decoder either. */
    static Optional<RowKernel> of(RowLayout layout) {
        return switch (VectorDecoder.of(layout)) {
            case VectorDecoder.Bf16 decoder -> Optional.of(new Bf16());
            case VectorDecoder.Fp16 decoder -> Optional.of(new Fp16());
            case VectorDecoder.Int8 decoder -> Optional.of(new Int8(layout));
            case VectorDecoder.Int4 decoder -> Optional.of(new Int4(layout));
            default -> Optional.empty();
        };
    }

    private static float scale(long group) {
        return RowLayout.bfloat16(MEMORY.get(SCALE, group));
    }

    record Bf16() implements VectorRowKernel {
        @Override
        public int rows() {
            return 4;
        }

        @Override
        public void multiply(float[] x, int columns, long row, long rowBytes, float[] accumulators, int at) {
            long row1 = row + rowBytes;
            long row2 = row1 + rowBytes;
            long row3 = row2 + rowBytes;
            FloatVector s0 = FloatVector.zero(LANES);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = 0; k < columns; k += WIDTH) {
                FloatVector v = FloatVector.fromArray(LANES, x, k);
                s0 = v.fma(VectorDecoder.Bf16.weights(row + 2L * k), s0);
                s1 = v.fma(VectorDecoder.Bf16.weights(row1 + 2L * k), s1);
                s2 = v.fma(VectorDecoder.Bf16.weights(row2 + 2L * k), s2);
                s3 = v.fma(VectorDecoder.Bf16.weights(row3 + 2L * k), s3);
            }
            s0.intoArray(accumulators, at);
            s1.intoArray(accumulators, at + WIDTH);
            s2.intoArray(accumulators, at + 2 * WIDTH);
            s3.intoArray(accumulators, at + 3 * WIDTH);
        }
    }

    record Fp16() implements VectorRowKernel {
        @Override
        public int rows() {
            return 2;
        }

        @Override
        public void multiply(float[] x, int columns, long row, long rowBytes, float[] accumulators, int at) {
            long row1 = row + rowBytes;
            FloatVector s0 = FloatVector.zero(LANES);
            FloatVector s1 = s0;
            for (int k = 0; k < columns; k += WIDTH) {
                FloatVector v = FloatVector.fromArray(LANES, x, k);
                s0 = v.fma(VectorDecoder.Fp16.weights(row + 2L * k), s0);
                s1 = v.fma(VectorDecoder.Fp16.weights(row1 + 2L * k), s1);
            }
            s0.intoArray(accumulators, at);
            s1.intoArray(accumulators, at + WIDTH);
        }
    }

    /** Two vectors with one look at their scale. */
    record Int8(RowLayout layout) implements VectorRowKernel {
        @Override
        public int rows() {
            return 2;
        }

        @Override
        public void multiply(float[] x, int columns, long row, long rowBytes, float[] accumulators, int at) {
            int shift = Integer.numberOfTrailingZeros(layout.group());
            int mask = layout.group() - 1;
            int groupBytes = layout.groupBytes();
            FloatVector s0 = FloatVector.zero(LANES);
            FloatVector s1 = s0;
            for (int k = 0; k < columns; k += 2 * WIDTH) {
                long group0 = row + (long) (k >> shift) * groupBytes;
                long group1 = group0 + rowBytes;
                int bytes = RowLayout.SCALE + (k & mask);
                float scale0 = scale(group0);
                float scale1 = scale(group1);
                FloatVector v = FloatVector.fromArray(LANES, x, k);
                s0 = v.fma(VectorDecoder.Int8.weights(group0 + bytes, scale0), s0);
                s1 = v.fma(VectorDecoder.Int8.weights(group1 + bytes, scale1), s1);
                v = FloatVector.fromArray(LANES, x, k + WIDTH);
                s0 = v.fma(VectorDecoder.Int8.weights(group0 + bytes + WIDTH, scale0), s0);
                s1 = v.fma(VectorDecoder.Int8.weights(group1 + bytes + WIDTH, scale1), s1);
            }
            s0.intoArray(accumulators, at);
            s1.intoArray(accumulators, at + WIDTH);
        }
    }

    /** Block by block: vectors of the low halves, then of the high ones. */
    record Int4(RowLayout layout) implements VectorRowKernel {
        private static final int HIGH = RowLayout.BLOCK / 2;
        private static final boolean TWO = WIDTH < HIGH;

        @Override
        public int rows() {
            return 2;
        }

        @Override
        public void multiply(float[] x, int columns, long row, long rowBytes, float[] accumulators, int at) {
            int shift = Integer.numberOfTrailingZeros(layout.group());
            int mask = layout.group() - 1;
            int groupBytes = layout.groupBytes();
            FloatVector s0 = FloatVector.zero(LANES);
            FloatVector s1 = s0;
            for (int k = 0; k < columns; k += RowLayout.BLOCK) {
                long group0 = row + (long) (k >> shift) * groupBytes;
                long group1 = group0 + rowBytes;
                int bytes = RowLayout.SCALE + ((k & mask) >> 1);
                float scale0 = scale(group0);
                float scale1 = scale(group1);
                IntVector q0 = VectorDecoder.Int4.bytes(group0 + bytes);
                IntVector q1 = VectorDecoder.Int4.bytes(group1 + bytes);
                FloatVector v = FloatVector.fromArray(LANES, x, k);
                s0 = v.fma(VectorDecoder.Int4.low(q0, scale0), s0);
                s1 = v.fma(VectorDecoder.Int4.low(q1, scale1), s1);
                if (TWO) {
                    IntVector p0 = VectorDecoder.Int4.bytes(group0 + bytes + WIDTH);
                    IntVector p1 = VectorDecoder.Int4.bytes(group1 + bytes + WIDTH);
                    v = FloatVector.fromArray(LANES, x, k + WIDTH);
                    s0 = v.fma(VectorDecoder.Int4.low(p0, scale0), s0);
                    s1 = v.fma(VectorDecoder.Int4.low(p1, scale1), s1);
                    v = FloatVector.fromArray(LANES, x, k + HIGH);
                    s0 = v.fma(VectorDecoder.Int4.high(q0, scale0), s0);
                    s1 = v.fma(VectorDecoder.Int4.high(q1, scale1), s1);
                    v = FloatVector.fromArray(LANES, x, k + HIGH + WIDTH);
                    s0 = v.fma(VectorDecoder.Int4.high(p0, scale0), s0);
                    s1 = v.fma(VectorDecoder.Int4.high(p1, scale1), s1);
                } else {
                    v = FloatVector.fromArray(LANES, x, k + HIGH);
                    s0 = v.fma(VectorDecoder.Int4.high(q0, scale0), s0);
                    s1 = v.fma(VectorDecoder.Int4.high(q1, scale1), s1);
                }
            }
            s0.intoArray(accumulators, at);
            s1.intoArray(accumulators, at + WIDTH);
        }
    }
}
