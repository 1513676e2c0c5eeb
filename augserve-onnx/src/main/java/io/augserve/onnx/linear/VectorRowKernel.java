package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.VectorDecoder.LANES;
import static io.augserve.onnx.linear.VectorDecoder.WIDTH;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * {@link RowKernel} with the Vector API, one for each format of 16 bits, written out so that every sum stays in a register. How many rows one has is how many
 * the JIT still compiles as a whole: with more operations in a loop it stops to inline, and every vector becomes an object.
 */
sealed interface VectorRowKernel extends RowKernel {
    /** None where there is no vector decoder either. */
    static Optional<RowKernel> of(RowLayout layout) {
        return switch (VectorDecoder.of(layout)) {
            case VectorDecoder.Bf16 decoder -> Optional.of(new Bf16());
            case VectorDecoder.Fp16 decoder -> Optional.of(new Fp16());
            default -> Optional.empty();
        };
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
}
