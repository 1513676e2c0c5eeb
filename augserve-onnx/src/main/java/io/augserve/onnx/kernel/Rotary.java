package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Rotary position embedding (Su et al., RoFormer, 2021) in the half-split layout of Llama: with h = rotaryHalf, elements i and i + h of a head form a
 * pair that turns by the angle of the position, (a cos - b sin, b cos + a sin). Elements from 2h on stay as they are.
 */
final class Rotary {
    private Rotary() {}

    /**
     * Copies one head and rotates it.
     *
     * @param source where the head lies, at element {@code from}
     * @param target receives headSize elements at {@code to}
     */
    static void rotate(PagedBatch batch, int position, MemorySegment source, long from, float[] target, int to) {
        MemorySegment.copy(source, JAVA_FLOAT, from * Float.BYTES, target, to, batch.layout().headSize());
        int half = batch.rotaryHalf();
        long angle = (long) position * half;
        for (int i = 0; i < half; i++) {
            float a = target[to + i];
            float b = target[to + half + i];
            float cos = batch.cos().getAtIndex(JAVA_FLOAT, angle + i);
            float sin = batch.sin().getAtIndex(JAVA_FLOAT, angle + i);
            target[to + i] = a * cos - b * sin;
            target[to + half + i] = b * cos + a * sin;
        }
    }
}
