package io.augserve.schedule;

import io.augserve.predict.CostModel;

/**
 * How much a step may copy between device and host: as many blocks, both ways together, as move while its forward pass runs (InferCept's
 * swap budget, {@code T_swap(N) = T_fwd(B)}, with a B of one token for each running request), and at least one.
 */
final class SwapBudget {
    private SwapBudget() {}

    /** Blocks that a step may move; at least 1. */
    static int of(CostModel costs, SchedulerView view) {
        double hidden = costs.forward(view.running().size())
                / Math.max(1e-12, costs.swap(view.kvCache().blockSize()));
        return (int) Math.clamp(hidden, 1, Integer.MAX_VALUE);
    }

    /** Blocks that a plan may still move; at least 0. */
    static int left(CostModel costs, SchedulerView view, PlanDraft draft) {
        return Math.max(0, of(costs, view) - draft.movedBlocks());
    }
}
