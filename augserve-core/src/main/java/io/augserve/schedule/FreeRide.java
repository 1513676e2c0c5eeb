package io.augserve.schedule;

/**
 * Prefill that costs nothing. Up to some number of tokens a step takes as long as the reading of the weights, however few it carries (m0 of
 * {@link io.augserve.predict.IterationTime}); running requests need one each, and the rest carries prefill for free. So a prompt goes in
 * chunks of that size (chunked prefill as in Sarathi-Serve, arXiv 2403.02310), as long as it would be through in time; one that would not
 * gets what it asks for. Where there is hardly anything to ride on, nobody is made to.
 */
final class FreeRide {
    private static final int WORTHWHILE = 32;
    private static final int LEAST_CHUNK = 16;

    private final double seats;
    private final double iterationSeconds;
    private int left;

    /**
     * @param freeTokens of a step
     * @param running requests
     * @param iterationSeconds of a mean step
     */
    FreeRide(int freeTokens, int running, double iterationSeconds) {
        this.seats = freeTokens - running;
        this.left = freeTokens - running;
        this.iterationSeconds = iterationSeconds;
    }

    /**
     * How many of the tokens it gets in this step.
     *
     * @param wanted at least 1
     * @param slackNanos for which it could do without any and still be in time; negative if it is late anyway
     * @return 0 to {@code wanted}
     */
    int tokens(int wanted, long slackNanos) {
        if (wanted == 1 || seats < WORTHWHILE || isUrgent(wanted, slackNanos)) {
            return wanted;
        }
        return left < LEAST_CHUNK ? 0 : Math.min(wanted, left);
    }

    private boolean isUrgent(int wanted, long slackNanos) {
        return slackNanos >= 0 && slackNanos < 1e9 * iterationSeconds * Math.ceil(wanted / seats);
    }

    /** So many have been granted. */
    void take(int tokens) {
        left -= tokens > 1 ? tokens : 0;
    }
}
