package io.augserve.schedule;

import java.util.List;

/**
 * What the next step shall do. The loop first takes the blocks of {@code preempted} and {@code discarded}, then moves those of
 * {@code swapOuts} and {@code swapIns}, then reserves blocks for {@code grants} in their order, then runs the step.
 *
 * @param grants tokens to compute, by request
 * @param preempted running requests that lose their KV and wait to be recomputed
 * @param discarded paused or waiting requests that lose their KV
 * @param swapOuts requests whose blocks go to host memory; a running one stops running by it and waits
 * @param swapIns paused or waiting requests whose blocks come back
 */
public record StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded,
        List<Swap> swapOuts, List<Swap> swapIns) {
    /** Nothing to do. */
    public static final StepPlan EMPTY = new StepPlan(List.of(), List.of(), List.of());

    /** A plan that swaps nothing. */
    public StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded) {
        this(grants, preempted, discarded, List.of(), List.of());
    }

    /**
     * The right of a running or waiting request to compute tokens.
     *
     * @param request a waiting one enters the running set by it
     * @param tokens 1 to its uncomputed tokens
     */
    public record Grant(RequestView request, int tokens) {}

    /**
     * Blocks of one request that move between device and host.
     *
     * @param request whose
     * @param blocks at least 1
     */
    public record Swap(RequestView request, int blocks) {}

    /** Tokens over all grants. */
    public int tokens() {
        int sum = 0;
        for (Grant grant : grants) {
            sum += grant.tokens();
        }
        return sum;
    }
}
