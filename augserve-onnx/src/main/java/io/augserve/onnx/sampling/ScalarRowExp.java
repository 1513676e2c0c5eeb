package io.augserve.onnx.sampling;

import java.util.Arrays;

/** {@link RowExp} for JVMs without the Vector API. */
final class ScalarRowExp implements RowExp {
    @Override
    public double sum(float[] logits, int from, int to, float best, double inverse, double[] lanes) {
        Arrays.fill(lanes, 0);
        add(logits, from, from, to, best, inverse, lanes);
        return RowExp.total(lanes);
    }

    /** Adds the weights from {@code at} on to the interleaved sums of a chunk. */
    static void add(float[] logits, int from, int at, int to, float best, double inverse, double[] lanes) {
        for (int i = at; i < to; i++) {
            lanes[(i - from) % LANES] += RowExp.weight(logits[i], best, inverse);
        }
    }
}
