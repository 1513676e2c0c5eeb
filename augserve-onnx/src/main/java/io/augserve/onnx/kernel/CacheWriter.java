package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Puts the new keys, rotated, and the new values into the blocks of their sequence. */
final class CacheWriter {
    private final TileMath math;
    private final KvElements elements;

    CacheWriter(TileMath math, KvElements elements) {
        this.math = math;
        this.elements = elements;
    }

    /**
     * Writes some of the packed tokens.
     *
     * @param scratch room for headSize floats
     */
    void write(PagedBatch batch, int from, int to, float[] scratch) {
        int sequence = batch.sequenceOf(from);
        for (int token = from; token < to; token++) {
            while (token >= batch.first(sequence + 1)) {
                sequence++;
            }
            write(batch, token, sequence, batch.pastTokens(sequence) + token - batch.first(sequence), scratch);
        }
    }

    private void write(PagedBatch batch, int token, int sequence, int position, float[] scratch) {
        KvLayout layout = batch.layout();
        int size = layout.headSize();
        int panel = layout.panel();
        int block = batch.block(sequence, position);
        int offset = position % layout.blockSize();
        for (int head = 0; head < layout.kvHeads(); head++) {
            long source = token * layout.tokenStride() + (long) head * size;
            Rotary.rotate(batch, math, position, batch.key(), source, scratch, 0);
            long key = layout.keyIndex(block, offset, head, 0);
            for (int d = 0; d < size; d++) {
                elements.put(batch.keyCache().address(), key + (long) d * panel, scratch[d]);
            }
            MemorySegment.copy(batch.value(), JAVA_FLOAT_UNALIGNED, source * Float.BYTES, scratch, 0, size);
            long value = layout.valueIndex(block, offset, head, 0);
            for (int d = 0; d < size; d++) {
                elements.put(batch.valueCache().address(), value + d, scratch[d]);
            }
        }
    }
}
