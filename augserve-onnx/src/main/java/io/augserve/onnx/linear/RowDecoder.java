package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;

/**
 * Turns a part of a row into floats, laid out for {@link ProductMath}: vectors of {@code lanes} floats, {@code stride} floats apart. What a part
 * leaves over of the last {@link RowLayout#BLOCK} is filled with zeros. Stateless.
 */
interface RowDecoder {
    /**
     * Decodes weights {@code from} to {@code from + count - 1} of a row.
     *
     * @param row where the row begins in {@code data}
     * @param from a multiple of the layout's group and of {@link RowLayout#BLOCK}
     * @param count up to the end of the row, or a multiple of the group and the block
     */
    void decode(MemorySegment data, long row, int from, int count, float[] to, int at, int stride);
}
