package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

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
    static void rotate(PagedBatch batch, TileMath math, int position, MemorySegment source, long from, float[] target,
            int to) {
        MemorySegment.copy(source, JAVA_FLOAT_UNALIGNED, from * Float.BYTES, target, to, batch.layout().headSize());
        int half = batch.rotaryHalf();
        if (half > 0) {
            long angle = (long) position * half * Float.BYTES;
            math.rotate(target, to, half, batch.cos().address() + angle, batch.sin().address() + angle);
        }
    }
}
