package io.augserve.schedule;

import io.augserve.predict.CostModel;

/**
 * How much memory-time a pause wastes under each handling, in token-seconds: the bytes of a token are the same for every request and
 * cancel. With C the paused context, f a forward pass, T the time that the tool is still out, and the context of the others in the batch:
 *
 * <pre>
 * preserve = T * C
 * discard  = f(C) * C / 2 + n * f(C / n) * C_other      recomputed in n = ceil(C / chunk) chunks
 * swap     = 2 * swap(C) * C_batch
 * </pre>
 *
 * These are equations 2 to 4 of InferCept (arXiv 2402.01869). Ties go to preserve, then swap.
 *
 * @param preserve token-seconds
 * @param swap token-seconds; positive infinity where host memory has no room
 * @param discard token-seconds
 */
record Waste(double preserve, double swap, double discard) {
    /**
     * @param context C, in tokens
     * @param toolSeconds T
     * @param others context of everybody else in the batch, in tokens
     * @param chunk tokens of a step that recompute may use; at least 1
     * @param canSwap whether host memory has room for C
     */
    static Waste of(CostModel costs, double context, double toolSeconds, double others, int chunk, boolean canSwap) {
        double chunks = Math.max(1, Math.ceil(context / chunk));
        double discard = costs.forward(context) * context / 2 + chunks * costs.forward(context / chunks) * others;
        double swap = canSwap ? 2 * costs.swap(context) * others : Double.POSITIVE_INFINITY;
        return new Waste(toolSeconds * context, swap, discard);
    }

    Handling least() {
        if (preserve <= swap && preserve <= discard) {
            return Handling.PRESERVE;
        }
        return swap <= discard ? Handling.SWAP : Handling.DISCARD;
    }
}
