package io.augserve.schedule;

import io.augserve.predict.CostModel;

/**
 * How much memory-time a pause wastes under each handling, in token-seconds: the bytes of a token are the same for every request and
 * cancel. With C the paused context, T the seconds that the tool is still out, a and c the seconds per token and per forward pass, R the
 * context of the running requests, and h the tokens of a step that recompute may use:
 *
 * <pre>
 * preserve = T * C                                                     InferCept, equation 2
 * swap     = 2 * swap(C) * R                                           equation 3
 * discard  = (a * B + c) * n * (n + 1) / 2 * h + a * h * n * R         n = ceil(C / h) - 1 whole chunks, in full steps of B tokens,
 *            + a * l * (R + l)                                         and a last one of l = C mod h tokens
 * </pre>
 *
 * The last one is what InferCept's released scheduler computes ({@code discard_waste}, commit 3a1a4dac): recompute rides along in steps
 * that run anyway, so the others pay for its tokens but not for the steps. Ties go to preserve, then swap.
 *
 * @param preserve token-seconds
 * @param swap token-seconds; positive infinity where host memory has no room
 * @param discard token-seconds
 */
record Waste(double preserve, double swap, double discard) {
    /**
     * @param context C, in tokens
     * @param toolSeconds T
     * @param running R, in tokens
     * @param budget B, tokens of a step
     * @param inFlight tokens of a step that running requests use; h is what they leave, at least 1
     * @param canSwap whether host memory has room for C
     */
    static Waste of(CostModel costs, int context, double toolSeconds, double running, int budget, int inFlight,
            boolean canSwap) {
        double a = costs.secondsPerToken();
        int chunk = Math.max(1, budget - inFlight);
        double chunks = Math.max(0, Math.ceilDiv(context, chunk) - 1);
        int last = context % chunk;
        double discard = costs.forward(budget) * chunks * (chunks + 1) / 2 * chunk + a * chunk * chunks * running
                + a * last * (running + last);
        double swap = canSwap ? 2 * costs.swap(context) * running : Double.POSITIVE_INFINITY;
        return new Waste(toolSeconds * context, swap, discard);
    }

    Handling least() {
        if (preserve <= swap && preserve <= discard) {
            return Handling.PRESERVE;
        }
        return swap <= discard ? Handling.SWAP : Handling.DISCARD;
    }
}
