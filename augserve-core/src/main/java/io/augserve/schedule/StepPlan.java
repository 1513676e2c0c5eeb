package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.List;

/**
 * What the next step shall do. The loop first takes the blocks of {@code preempted} and {@code discarded}, whose contents stay in the
 * cache until they are overwritten, tells the cache of {@code nextUses}, then gives all {@code grants} what they reuse, then moves the blocks of {@code swapOuts} and
 * {@code swapIns}, then reserves blocks for {@code grants} in their order, then runs the step.
 *
 * @param grants tokens to compute, by request
 * @param preempted running requests that lose their KV and wait to be recomputed
 * @param discarded paused or waiting requests that lose their KV
 * @param swapOuts requests whose blocks go to host memory; a running one stops running by it and waits
 * @param swapIns paused or waiting requests whose blocks come back
 * @param nextUses what the cache shall keep longer, and what less long: of requests that give up their KV in this plan or have done so
 *        before. A policy that says nothing has a cache in order of least recent use
 */
public record StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded,
        List<Swap> swapOuts, List<Swap> swapIns, List<NextUse> nextUses) {
    /** Nothing to do. */
    public static final StepPlan EMPTY = new StepPlan(List.of(), List.of(), List.of());

    /** A plan that swaps nothing. */
    public StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded) {
        this(grants, preempted, discarded, List.of(), List.of());
    }

    /** A plan that expects nobody back. */
    public StepPlan(List<Grant> grants, List<RequestView> preempted, List<RequestView> discarded, List<Swap> swapOuts,
            List<Swap> swapIns) {
        this(grants, preempted, discarded, swapOuts, swapIns, List.of());
    }

    /**
     * The right of a running or waiting request to compute tokens.
     *
     * @param request a waiting one enters the running set by it
     * @param tokens to compute: at least 1; with the reused ones, at most its uncomputed tokens
     * @param reused tokens at its front taken from the cache without being computed: a multiple of the block size, at most
     *        {@link RequestView#reusableTokens()}
     */
    public record Grant(RequestView request, int tokens, int reused) {
        /** A grant that reuses nothing. */
        public Grant(RequestView request, int tokens) {
            this(request, tokens, 0);
        }
    }

    /**
     * Blocks of one request that move between device and host.
     *
     * @param request whose
     * @param blocks at least 1
     */
    public record Swap(RequestView request, int blocks) {}

    /**
     * When a request without KV is expected to use again what it left in the cache; see {@link KvCache#expect}.
     *
     * @param request whose
     * @param nanos on the server's ticker; {@link KvCache#BY_CHANCE} if it is not expected any more
     */
    public record NextUse(RequestView request, long nanos) {}

    /** The same plan with other next uses. */
    StepPlan with(List<NextUse> uses) {
        return new StepPlan(grants, preempted, discarded, swapOuts, swapIns, uses);
    }

    /** Tokens to compute over all grants. */
    public int tokens() {
        int sum = 0;
        for (Grant grant : grants) {
            sum += grant.tokens();
        }
        return sum;
    }
}
