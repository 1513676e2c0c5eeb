package io.augserve.predict;

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
 * times of 8B models with a mean error of 3 to 6 percent.
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
    private static final double SATURATED = 0.95;

    /**
     * @throws IllegalArgumentException if a constant is negative or not finite
     */
    public IterationTime {
        requireNotNegative("a", a);
        requireNotNegative("b", b);
        requireNotNegative("c", c);
        requireNotNegative("d", d);
        requireNotNegative("e", e);
        requireNotNegative("m0", m0);
        requireNotNegative("overheadMillis", overheadMillis);
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
        return nanos(new StepLoad(prefillTokens, decodes, decodeContext, prefillWork));
    }

    /** The time of one iteration, in nanoseconds, rounded to the nearest; a + overhead even if it carries nothing. */
    public long nanos(StepLoad load) {
        double millis = dense(load.tokens()) + c * load.decodes() + d * load.decodeContext() + e * load.prefillWork();
        return Math.round(millis * NANOS_PER_MILLI);
    }

    /** Milliseconds of the layers that do not look at the context. */
    private double dense(double tokens) {
        return a + overheadMillis + b * Math.max(tokens - m0, 0);
    }

    /**
     * The linear part, which is what schedulers reckon with: {@code f(x) = a + overhead + b * x}.
     *
     * @param swapSecondsPerToken to move one token's KV between device and host, one way; at least 0
     */
    public CostModel costs(double swapSecondsPerToken) {
        return new CostModel((a + overheadMillis) / 1e3, b / 1e3, swapSecondsPerToken);
    }

    /**
     * T_max: the smallest step that prefills at {@value #SATURATED} of the best rate in tokens per second; more tokens make a step longer
     * and hardly raise the throughput. The attention term is left out, because a prompt costs the same attention in whatever chunks it is
     * computed. The AugServe paper (arXiv 2512.04013) profiles a T_max and prints no rule for it; this one is this project's.
     *
     * @param maxBatchTokens the largest step; at least 1
     * @return 1 to {@code maxBatchTokens}
     */
    public int saturationTokens(int maxBatchTokens) {
        // The rate rises up to m0 and is monotone beyond, so it is best at one of these ends.
        int end = (int) Math.clamp(m0, 1, maxBatchTokens);
        double best = Math.max(rate(end), rate(maxBatchTokens));
        int low = 1;
        int high = rate(end) >= SATURATED * best ? end : maxBatchTokens;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rate(middle) >= SATURATED * best) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private double rate(int tokens) {
        return tokens / dense(tokens);
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

    static void requireNotNegative(String field, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(field + ": expected >= 0 and finite, got " + value);
        }
    }
}
