package io.augserve.schedule;

import java.util.List;

/**
 * What the next step shall do. The loop first takes the blocks of {@code preempted} and {@code discarded}, then reserves blocks
 * for {@code grants} in their order, then runs the step.
 *
 * @param grants tokens to compute, by request
 * @param preempted running requests that lose their KV and wait to be recomputed
 * @param discarded paused or waiting requests that lose their KV
 */
public record StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded) {
    /** Nothing to do. */
    public static final StepPlan EMPTY = new StepPlan(List.of(), List.of(), List.of());

    /**
     * The right of a running or waiting request to compute tokens.
     *
     * @param request a waiting one enters the running set by it
     * @param tokens 1 to its uncomputed tokens
     */
    public record Grant(RequestView request, int tokens) {}

    /** Tokens over all grants. */
    public int tokens() {
        int sum = 0;
        for (Grant grant : grants) {
            sum += grant.tokens();
        }
        return sum;
    }
}
