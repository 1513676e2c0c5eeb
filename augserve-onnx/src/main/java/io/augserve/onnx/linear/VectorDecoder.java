package io.augserve.onnx.linear;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Decoders with the Vector API, one for each format, for native memory; a row's last weights, short of a vector, are left to {@link ScalarDecoder}. */
sealed interface VectorDecoder extends RowDecoder {
    VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    int WIDTH = LANES.length();
    ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    ValueLayout.OfShort SCALE = ValueLayout.JAVA_SHORT_UNALIGNED;
    /**
     * All memory, by address: the JIT has nothing to check at each load then. That a row lies in its matrix is checked where the matrix is made, and
     * that it is still mapped is the session's order of closing.
     */
    MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

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
            case INT8 -> new Int8(layout);
            case INT4 -> new Int4(layout);
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
        private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED
                .withShape(VectorShape.forBitSize(WIDTH * Short.SIZE));

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

    /** Bytes to floats, times the group's scale. */
    record Int8(RowLayout layout) implements VectorDecoder {
        private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED
                .withShape(VectorShape.forBitSize(WIDTH * Byte.SIZE));

        @Override
        public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
            int shift = Integer.numberOfTrailingZeros(layout.group());
            int mask = layout.group() - 1;
            int groupBytes = layout.groupBytes();
            int end = from + ProductMath.padded(count);
            long base = data.address() + row;
            int target = at;
            for (int k = from; k < end; k += WIDTH, target += stride) {
                long source = base + (long) (k >> shift) * groupBytes;
                weights(source + RowLayout.SCALE + (k & mask), RowLayout.bfloat16(MEMORY.get(SCALE, source)))
                        .intoArray(to, target);
            }
        }

        /** The vector of weights at an address. */
        static FloatVector weights(long address, float scale) {
            IntVector ints = (IntVector) ByteVector.fromMemorySegment(BYTES, MEMORY, address, ORDER)
                    .convertShape(B2I, INTS, 0);
            return ((FloatVector) ints.convert(I2F, 0)).mul(scale);
        }
    }

    /** The low halves of the bytes, then the high ones, both with their signs, times the group's scale. */
    record Int4(RowLayout layout) implements VectorDecoder {
        @Override
        public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
            int shift = Integer.numberOfTrailingZeros(layout.group() / RowLayout.BLOCK);
            int mask = layout.group() / RowLayout.BLOCK - 1;
            int groupBytes = layout.groupBytes();
            int first = from / RowLayout.BLOCK;
            int end = first + ProductMath.padded(count) / RowLayout.BLOCK;
            long base = data.address() + row;
            int target = at;
            int high = RowLayout.BLOCK / 2 / WIDTH * stride;
            for (int block = first; block < end; block++, target += 2 * high) {
                long source = base + (long) (block >> shift) * groupBytes;
                float scale = RowLayout.bfloat16(MEMORY.get(SCALE, source));
                long bytes = source + RowLayout.SCALE + (block & mask) * (RowLayout.BLOCK / 2L);
                halves(bytes, scale, to, target, high);
                if (WIDTH < RowLayout.BLOCK / 2) {
                    halves(bytes + WIDTH, scale, to, target + stride, high);
                }
            }
        }

        private static void halves(long address, float scale, float[] to, int target, int high) {
            IntVector both = bytes(address);
            low(both, scale).intoArray(to, target);
            high(both, scale).intoArray(to, target + high);
        }

        /** The vector of bytes at an address, with two weights each. */
        static IntVector bytes(long address) {
            return (IntVector) ByteVector.fromMemorySegment(Int8.BYTES, MEMORY, address, ORDER)
                    .convertShape(B2I, INTS, 0);
        }

        static FloatVector low(IntVector both, float scale) {
            return ((FloatVector) both.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).mul(scale);
        }

        static FloatVector high(IntVector both, float scale) {
            return ((FloatVector) both.lanewise(ASHR, 4).convert(I2F, 0)).mul(scale);
        }
    }
}
