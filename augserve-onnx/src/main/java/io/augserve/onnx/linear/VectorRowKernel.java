package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.VectorDecoder.INTS;
import static io.augserve.onnx.linear.VectorDecoder.LANES;
import static io.augserve.onnx.linear.VectorDecoder.MEMORY;
import static io.augserve.onnx.linear.VectorDecoder.ORDER;
import static io.augserve.onnx.linear.VectorDecoder.SHORTS;
import static io.augserve.onnx.linear.VectorDecoder.WIDTH;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * {@link RowKernel} with the Vector API, one for each format of 16 bits, written out so that every sum stays in a register. The loops call
 * nothing but the Vector API, for the reason that {@link VectorPanelMath} gives.
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
                s0 = v.fma(((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), s0);
                s1 = v.fma(((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row1 + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), s1);
                s2 = v.fma(((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row2 + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), s2);
                s3 = v.fma(((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row3 + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), s3);
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
                IntVector bits0 = (IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0);
                IntVector magnitude0 = bits0.and(0x7FFF);
                s0 = v.fma(magnitude0.lanewise(LSHL, 13).reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts()
                        .lanewise(OR, 0x7F80_0000, magnitude0.compare(GE, 0x7C00))
                        .or(bits0.and(0x8000).lanewise(LSHL, 16)).reinterpretAsFloats(), s0);
                IntVector bits1 = (IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, row1 + 2L * k, ORDER)
                        .convertShape(ZERO_EXTEND_S2I, INTS, 0);
                IntVector magnitude1 = bits1.and(0x7FFF);
                s1 = v.fma(magnitude1.lanewise(LSHL, 13).reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts()
                        .lanewise(OR, 0x7F80_0000, magnitude1.compare(GE, 0x7C00))
                        .or(bits1.and(0x8000).lanewise(LSHL, 16)).reinterpretAsFloats(), s1);
            }
            s0.intoArray(accumulators, at);
            s1.intoArray(accumulators, at + WIDTH);
        }
    }
}
