package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How one row of a matrix, the weights of one output, lies in memory; rows follow each other without gaps, numbers are little-endian.
 *
 * <p>FP32, FP16 and BF16 are the numbers themselves, as checkpoints have them. INT8 and INT4 cut a row into groups, the last one padded with zeros. A
 * group is its scale as a bfloat16, then the whole numbers q in two's complement; the weight is q * scale, which is exact in fp32. Rows are quantised in
 * this form; in memory a {@link PanelLayout} holds them.
 *
 * <pre>
 * INT8  scale, q[0] ... q[group - 1], a byte each
 * INT4  scale, then for every 32 weights 16 bytes: byte i holds q[i] in its low half and q[16 + i] in its high half
 * </pre>
 *
 * @param format anything but {@link WeightFormat#AS_STORED}
 * @param group weights that share a scale; 1 for formats without scales
 */
record RowLayout(WeightFormat format, int group) implements WeightLayout {
    /** Weights that INT4 packs together; every group is some of these. */
    static final int BLOCK = 32;
    /** Bytes of a scale. */
    static final int SCALE = Short.BYTES;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    static RowLayout of(WeightFormat format, int groupSize) {
        return new RowLayout(format, format.quantised() ? groupSize : 1);
    }

    /** Bytes of a row with so many weights. */
    long rowBytes(int columns) {
        return switch (format) {
            case FP32 -> 4L * columns;
            case FP16, BF16 -> 2L * columns;
            case INT8, INT4 -> (columns + group - 1L) / group * groupBytes();
            case AS_STORED -> throw new IllegalStateException("not a layout");
        };
    }

    /** Bytes of a group, its scale included; for quantised formats. */
    int groupBytes() {
        return SCALE + (format == WeightFormat.INT4 ? group / 2 : group);
    }

    /** One weight of the row that begins at a byte: the definition, which decoders do for many at once. */
    float weight(MemorySegment data, long row, int column) {
        return switch (format) {
            case FP32 -> data.get(FLOAT, row + 4L * column);
            case FP16 -> Float.float16ToFloat(data.get(SHORT, row + 2L * column));
            case BF16 -> bfloat16(data.get(SHORT, row + 2L * column));
            case INT8, INT4 -> quantised(data, row + (long) (column / group) * groupBytes(), column % group);
            case AS_STORED -> throw new IllegalStateException("not a layout");
        };
    }

    private float quantised(MemorySegment data, long start, int index) {
        return number(data, start, index) * bfloat16(data.get(SHORT, start));
    }

    /** The whole number q of a weight in the group that begins at a byte. */
    int number(MemorySegment data, long start, int index) {
        if (format == WeightFormat.INT8) {
            return data.get(JAVA_BYTE, start + SCALE + index);
        }
        int inBlock = index % BLOCK;
        byte both = data.get(JAVA_BYTE, start + SCALE + index / BLOCK * (BLOCK / 2L) + inBlock % (BLOCK / 2));
        return inBlock < BLOCK / 2 ? both << 28 >> 28 : both >> 4;
    }

    @Override
    public long bytes(int rows, int columns) {
        return rows * rowBytes(columns);
    }

    @Override
    public float weight(MemorySegment data, int columns, int row, int column) {
        return weight(data, row * rowBytes(columns), column);
    }

    /** The number whose upper half these bits are. */
    static float bfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bits of the nearest bfloat16, ties to even; the value is finite. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
