package io.augserve.simulation;

/**
 * How long one iteration of an engine takes, as a linear model of what the iteration carries:
 *
 * <pre>
 * t_ms = a + b * max(P + D - m0, 0) + c * D + d * CTX + e * Q + overhead
 * </pre>
 *
 * P are the prefill tokens of the iteration (the sum of its chunks), D its decoding sequences, CTX the sum of their
 * context lengths in tokens, and Q the attention work of prefill: the sum over the chunks of
 * {@code p * (cached + p / 2)}, where a chunk of p tokens follows {@code cached} ones that are in the KV cache already.
 * <p>
 * Why this form: a is reading the weights once. The dense layers stay bound by that reading until about m0 tokens
 * share it, and cost b for each token beyond; m0 = 0 is the plain linear model. c is the cost per sequence (sampling,
 * output head), d reading the KV cache of decoding sequences, e attention within prefill. The form fits composed kernel
 * times of 8B models with a mean error of 3 to 6 percent; the profiles in {@link HardwareProfile} say where their
 * constants come from.
 *
 * @param a milliseconds per iteration; at least 0
 * @param b milliseconds per token beyond m0; at least 0
 * @param c milliseconds per decoding sequence; at least 0
 * @param d milliseconds per context token of a decoding sequence; at least 0
 * @param e milliseconds per token squared; at least 0
 * @param m0 tokens that ride along for free; at least 0
 * @param overheadMillis what the engine spends beside the kernels, per iteration; at least 0
 */
public record IterationTime(double a, double b, double c, double d, double e, double m0, double overheadMillis) {
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * @throws IllegalArgumentException if a constant is negative or not finite
     */
    public IterationTime {
        Require.notNegative("a", a);
        Require.notNegative("b", b);
        Require.notNegative("c", c);
        Require.notNegative("d", d);
        Require.notNegative("e", e);
        Require.notNegative("m0", m0);
        Require.notNegative("overheadMillis", overheadMillis);
    }

    /**
     * The time of one iteration.
     *
     * @param prefillTokens P; at least 0
     * @param decodes D; at least 0
     * @param decodeContext CTX; at least 0
     * @param prefillWork Q, the sum of {@link #prefillWork(int, int)} over the chunks; at least 0
     * @return nanoseconds, rounded to the nearest; a + overhead even if the iteration carries nothing
     * @throws IllegalArgumentException if an argument is negative
     */
    public long nanos(int prefillTokens, int decodes, long decodeContext, double prefillWork) {
        Require.atLeast("prefillTokens", prefillTokens, 0);
        Require.atLeast("decodes", decodes, 0);
        Require.atLeast("decodeContext", decodeContext, 0);
        Require.notNegative("prefillWork", prefillWork);
        double dense = b * Math.max((double) prefillTokens + decodes - m0, 0);
        double millis = a + dense + c * decodes + d * decodeContext + e * prefillWork + overheadMillis;
        return Math.round(millis * NANOS_PER_MILLI);
    }

    /**
     * What one prefill chunk adds to Q.
     *
     * @param chunk tokens computed now
     * @param cached tokens before them that are in the KV cache
     * @return chunk * (cached + chunk / 2), in tokens squared
     */
    public static double prefillWork(int chunk, int cached) {
        return chunk * (cached + chunk / 2.0);
    }

    /** The same kernels under another overhead; 0 is an engine that hides all its work behind them. */
    public IterationTime withOverheadMillis(double value) {
        return new IterationTime(a, b, c, d, e, m0, value);
    }
}
