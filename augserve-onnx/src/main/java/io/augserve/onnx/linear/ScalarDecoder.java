package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;

/** Any layout, one weight after the other: for machines without vectors, and what vectors leave over. */
record ScalarDecoder(RowLayout layout, int lanes) implements RowDecoder {
    @Override
    public void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
        decodeFrom(0, data, row, from, count, to, at, stride);
    }

    /** Decodes from the {@code first} weight of the part on, and the zeros behind. */
    void decodeFrom(int first, MemorySegment data, long row, int from, int count, float[] to, int at, int stride) {
        int padded = ProductMath.padded(count);
        for (int k = first; k < padded; k++) {
            to[at + k / lanes * stride + k % lanes] = k < count ? layout.weight(data, row, from + k) : 0;
        }
    }
}
