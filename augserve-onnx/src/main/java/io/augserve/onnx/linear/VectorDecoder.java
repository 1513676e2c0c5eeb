package io.augserve.onnx.linear;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Decoders with the Vector API, one for each format without scales, for native memory; a row's last weights, short of a vector, are left to {@link ScalarDecoder}. */
sealed interface VectorDecoder extends RowDecoder {
    VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    int WIDTH = LANES.length();
    VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED
            .withShape(VectorShape.forBitSize(Math.max(64, WIDTH * Short.SIZE)));
    ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    MemorySegment MEMORY = NativeMemory.ALL;

    /** With vectors too short for what they would be widened from, or numbers in another order, one by one. */
    static RowDecoder of(RowLayout layout) {
        ScalarDecoder rest = new ScalarDecoder(layout, WIDTH);
        if (WIDTH < RowLayout.BLOCK / 4 || WIDTH > RowLayout.BLOCK / 2 || ByteOrder.nativeOrder() != ORDER) {
            return rest;
        }
        return switch (layout.format()) {
            case FP32 -> new Fp32(rest);
            case FP16 -> new Fp16(rest);
            case BF16 -> new Bf16(rest);
            case INT8, INT4 -> rest;
            case AS_STORED -> throw new IllegalStateException("not a layout");
        };
    }

    /** Copies. */
    record Fp32(ScalarDecoder rest) implements VectorDecoder {
        @Override
        public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
            long source = data.address() + row + 4L * from;
            int whole = LANES.loopBound(count);
            int target = at;
            for (int k = 0; k < whole; k += WIDTH, target += stride) {
                FloatVector.fromMemorySegment(LANES, MEMORY, source + 4L * k, ORDER).intoArray(to, target);
            }
            rest.decodeFrom(whole, data, row, from, count, to, at, stride);
        }
    }

    /** Shifts 16 bits up. */
    record Bf16(ScalarDecoder rest) implements VectorDecoder {
        @Override
        public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
            long source = data.address() + row + 2L * from;
            int whole = LANES.loopBound(count);
            int target = at;
            for (int k = 0; k < whole; k += WIDTH, target += stride) {
                weights(source + 2L * k).intoArray(to, target);
            }
            rest.decodeFrom(whole, data, row, from, count, to, at, stride);
        }

        /** The vector of weights at an address. */
        static FloatVector weights(long address) {
            return halves(address).lanewise(LSHL, 16).reinterpretAsFloats();
        }

        static IntVector halves(long address) {
            return (IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, address, ORDER)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0);
        }
    }

    /**
     * Puts exponent and fraction where fp32 has them and corrects the exponent's bias by a product with 2^112, which is exact and makes subnormal
     * numbers normal. An exponent of all ones, for what is no number or not finite, is set again after that.
     */
    record Fp16(ScalarDecoder rest) implements VectorDecoder {
        @Override
        public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
            long source = data.address() + row + 2L * from;
            int whole = LANES.loopBound(count);
            int target = at;
            for (int k = 0; k < whole; k += WIDTH, target += stride) {
                weights(source + 2L * k).intoArray(to, target);
            }
            rest.decodeFrom(whole, data, row, from, count, to, at, stride);
        }

        /** The vector of weights at an address. */
        static FloatVector weights(long address) {
            IntVector bits = Bf16.halves(address);
            IntVector magnitude = bits.and(0x7FFF);
            VectorMask<Integer> special = magnitude.compare(VectorOperators.GE, 0x7C00);
            IntVector number = magnitude.lanewise(LSHL, 13).reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
            return number.lanewise(VectorOperators.OR, 0x7F80_0000, special).or(bits.and(0x8000).lanewise(LSHL, 16))
                    .reinterpretAsFloats();
        }
    }
}
