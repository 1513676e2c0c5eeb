package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Brings a row of floats into a layout. Quantisation is to the nearest whole number of a group's scale, and the scale such that the weight of the largest
 * magnitude becomes -127 (INT8) or -8 (INT4), whatever its sign: scale = weight / -127 or weight / -8, as a bfloat16. So INT4 has use for the one number
 * that has no counterpart on the other side (as llama.cpp's Q4_0 has).
 */
record RowEncoder(RowLayout layout) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LARGEST_INT8 = 127;
    private static final int LEAST_INT4 = -8;
    private static final int LARGEST_INT4 = 7;

    /**
     * Writes a row.
     *
     * @throws ArithmeticException if a weight is not finite in this format
     */
    void encode(float[] weights, int columns, MemorySegment to, long at) {
        for (int i = 0; i < columns; i++) {
            requireFinite(weights[i]);
        }
        switch (layout.format()) {
            case FP32 -> {
                for (int i = 0; i < columns; i++) {
                    to.set(FLOAT, at + 4L * i, weights[i]);
                }
            }
            case FP16 -> {
                for (int i = 0; i < columns; i++) {
                    short half = Float.floatToFloat16(weights[i]);
                    requireFinite(Float.float16ToFloat(half));
                    to.set(SHORT, at + 2L * i, half);
                }
            }
            case BF16 -> {
                for (int i = 0; i < columns; i++) {
                    short half = RowLayout.toBfloat16(weights[i]);
                    requireFinite(RowLayout.bfloat16(half));
                    to.set(SHORT, at + 2L * i, half);
                }
            }
            case INT8, INT4 -> quantise(weights, columns, to, at);
            case AS_STORED -> throw new IllegalStateException("not a layout");
        }
    }

    private static void requireFinite(float weight) {
        if (!Float.isFinite(weight)) {
            throw new ArithmeticException("a weight that is not finite");
        }
    }

    private void quantise(float[] weights, int columns, MemorySegment to, long at) {
        long target = at;
        for (int from = 0; from < columns; from += layout.group(), target += layout.groupBytes()) {
            int end = Math.min(columns, from + layout.group());
            float extreme = 0;
            for (int i = from; i < end; i++) {
                extreme = Math.abs(weights[i]) > Math.abs(extreme) ? weights[i] : extreme;
            }
            boolean four = layout.format() == WeightFormat.INT4;
            short scale = RowLayout.toBfloat16(extreme / (four ? LEAST_INT4 : -LARGEST_INT8));
            float step = RowLayout.bfloat16(scale);
            to.set(SHORT, target, scale);
            to.asSlice(target + RowLayout.SCALE, layout.groupBytes() - RowLayout.SCALE).fill((byte) 0);
            for (int i = from; i < end; i++) {
                // Round to even, as hardware does; 0 / 0 is a group of zeros.
                int q = step == 0 ? 0 : (int) Math.rint((double) weights[i] / step);
                if (four) {
                    put4(to, target + RowLayout.SCALE, i - from, Math.clamp(q, LEAST_INT4, LARGEST_INT4));
                } else {
                    to.set(JAVA_BYTE, target + RowLayout.SCALE + i - from,
                            (byte) Math.clamp(q, -LARGEST_INT8, LARGEST_INT8));
                }
            }
        }
    }

    private static void put4(MemorySegment to, long start, int index, int q) {
        int half = RowLayout.BLOCK / 2;
        int inBlock = index % RowLayout.BLOCK;
        long at = start + (long) (index / RowLayout.BLOCK) * half + inBlock % half;
        int before = to.get(JAVA_BYTE, at);
        to.set(JAVA_BYTE, at, (byte) (inBlock < half ? (before & 0xF0) | (q & 0xF) : (before & 0xF) | (q << 4)));
    }
}
