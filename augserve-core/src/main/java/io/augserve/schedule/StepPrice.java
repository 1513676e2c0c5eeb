package io.augserve.schedule;

import io.augserve.predict.CostModel;

/**
 * What a step costs on this machine under its present load, learned from the steps themselves: a regression of their seconds on the tokens
 * that they prefill, forgetting exponentially. The slope is what a token of prefill adds for everybody else, which is less than its share of
 * a forward pass as long as it rides along in a step that is bound by reading the weights; the intercept is a step that only decodes. Both
 * stay near the machine's {@link CostModel} until steps have differed.
 */
final class StepPrice {
    /** The mean forgets with so many steps, the regression with twice as many. */
    private static final double MEMORY = 50;
    /** Prefill tokens squared; below it, steps are too much alike to tell what a token adds. */
    private static final double LEAST_VARIANCE = 1;
    private static final double DEAREST = 2;
    /** Decoding is never taken to be less of a step than this. */
    private static final double LEAST_DECODE = 0.2;
    private static final int FIRST_GUESS_DECODES = 32;

    private final CostModel costs;
    private double iteration;
    private double meanSeconds;
    private double meanTokens;
    private double meanSquare;
    private double meanProduct;
    private double perPrefillToken;
    private double decodeStep;

    StepPrice(CostModel costs) {
        this.costs = costs;
        iteration = costs.forward(FIRST_GUESS_DECODES);
        meanSeconds = iteration;
        decodeStep = iteration;
        perPrefillToken = costs.secondsPerToken();
    }

    /**
     * A step is over.
     *
     * @param seconds that it took
     * @param prefillTokens that it computed beside decoding
     */
    void observe(double seconds, int prefillTokens) {
        iteration += (seconds - iteration) / MEMORY;
        double weight = 1 / (2 * MEMORY);
        double tokens = prefillTokens;
        meanTokens += weight * (tokens - meanTokens);
        meanSeconds += weight * (seconds - meanSeconds);
        meanSquare += weight * (tokens * tokens - meanSquare);
        meanProduct += weight * (tokens * seconds - meanProduct);
        double variance = meanSquare - meanTokens * meanTokens;
        if (variance > LEAST_VARIANCE) {
            double slope = (meanProduct - meanTokens * meanSeconds) / variance;
            perPrefillToken = Math.clamp(slope, 0, DEAREST * costs.secondsPerToken());
        }
        decodeStep = Math.max(LEAST_DECODE * meanSeconds, meanSeconds - perPrefillToken * meanTokens);
    }

    /** Mean seconds of the latest steps. */
    double iteration() {
        return iteration;
    }

    /** Seconds of a step without prefill. */
    double decodeStep() {
        return decodeStep;
    }

    /** Seconds that a token of prefill adds to a step. */
    double perPrefillToken() {
        return perPrefillToken;
    }
}
