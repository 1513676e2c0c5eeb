package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** Puts the new keys, rotated, and the new values into the blocks of their sequence. */
final class CacheWriter {
    private CacheWriter() {}

    /**
     * Writes some of a sequence's new tokens.
     *
     * @param from the first of them, counted from the sequence's first new token
     * @param scratch room for headSize floats
     */
    static void write(PagedBatch batch, int sequence, int from, int count, float[] scratch) {
        KvLayout layout = batch.layout();
        long stride = layout.tokenStride();
        for (int t = from; t < from + count; t++) {
            int position = batch.pastTokens(sequence) + t;
            long source = (batch.first(sequence) + t) * stride;
            long target = layout.index(batch.block(sequence, position), position % layout.blockSize(), 0);
            for (int head = 0; head < layout.kvHeads(); head++) {
                long at = (long) head * layout.headSize();
                Rotary.rotate(batch, position, batch.key(), source + at, scratch, 0);
                MemorySegment.copy(scratch, 0, batch.keyCache(), JAVA_FLOAT, (target + at) * Float.BYTES,
                        layout.headSize());
            }
            MemorySegment.copy(batch.value(), source * Float.BYTES, batch.valueCache(), target * Float.BYTES,
                    stride * Float.BYTES);
        }
    }
}
