package io.augserve.predict;

/**
 * What steps and transfers cost, as far as scheduling needs to know: a forward pass over x tokens takes {@code f(x) = fixed + perToken *
 * x}, the form that InferCept profiles (arXiv 2402.01869, and the constants of its released scripts).
 *
 * @param fixedSeconds of any forward pass; at least 0
 * @param secondsPerToken of each token in it; at least 0
 * @param swapSecondsPerToken to move one token's KV between device and host, one way; at least 0
 */
public record CostModel(double fixedSeconds, double secondsPerToken, double swapSecondsPerToken) {
    /**
     * @throws IllegalArgumentException if a number is negative
     */
    public CostModel {
        if (!(fixedSeconds >= 0) || !(secondsPerToken >= 0) || !(swapSecondsPerToken >= 0)) {
            throw new IllegalArgumentException("expected costs >= 0, got " + fixedSeconds + ", " + secondsPerToken
                    + " and " + swapSecondsPerToken);
        }
    }

    /** f(x): seconds of a forward pass over so many tokens. */
    public double forward(double tokens) {
        return fixedSeconds + secondsPerToken * tokens;
    }

    /** Seconds to move the KV of so many tokens one way. */
    public double swap(double tokens) {
        return swapSecondsPerToken * tokens;
    }
}
