package io.augserve.serving;

import io.augserve.engine.Batch;
import io.augserve.engine.KvCache;
import io.augserve.engine.Slice;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.StepPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A plan turned into reserved blocks and a batch: all of it or nothing. {@link #begin} checks the plan against what is there
 * (states, uncomputed tokens, blocks, limits) and reserves; {@link #abort} gives the blocks back, so that a step that did not run
 * leaves the cache as it was.
 */
final class StepTransaction {
    private final KvCache kv;
    private final List<ServingRequest> requests;
    private final List<ServingRequest> swapped;
    private final Batch batch;

    private StepTransaction(KvCache kv, List<ServingRequest> requests, List<ServingRequest> swapped, Batch batch) {
        this.kv = kv;
        this.requests = requests;
        this.swapped = swapped;
        this.batch = batch;
    }

    /**
     * Reserves the blocks of a plan with at least one grant or swap, whose memory moves have been carried out.
     *
     * @throws PlanException if the plan cannot be carried out; no block has been reserved then
     */
    static StepTransaction begin(StepPlan plan, MemoryMoves moves, RequestQueues queues, KvCache kv, int tokenBudget,
            int maxRunning) {
        List<ServingRequest> requests = new ArrayList<>(plan.grants().size());
        List<Slice> slices = new ArrayList<>(plan.grants().size());
        Set<Long> seen = new HashSet<>();
        int newcomers = 0;
        for (StepPlan.Grant grant : plan.grants()) {
            ServingRequest request = checked(grant, queues);
            if (!seen.add(request.id())) {
                throw new PlanException(request + " has two grants");
            }
            newcomers += request.state() == RequestState.WAITING ? 1 : 0;
            requests.add(request);
            slices.add(new Slice(request, request.computedTokens(), grant.tokens()));
        }
        if (plan.tokens() > tokenBudget) {
            throw new PlanException("the plan grants " + plan.tokens() + " tokens, the budget is " + tokenBudget);
        }
        if (queues.running().size() + newcomers > maxRunning) {
            throw new PlanException("the plan makes " + (queues.running().size() + newcomers)
                    + " requests run, the limit is " + maxRunning);
        }
        StepTransaction transaction = new StepTransaction(kv, requests, moves.swapped(),
                new Batch(slices, moves.swapOuts(), moves.swapIns()));
        transaction.reserve();
        return transaction;
    }

    private static ServingRequest checked(StepPlan.Grant grant, RequestQueues queues) {
        ServingRequest request = queues.find(grant.request().id());
        if (request == null || (request.state() != RequestState.RUNNING && request.state() != RequestState.WAITING)) {
            throw new PlanException("a grant for request " + grant.request().id() + ", which cannot run");
        }
        if (grant.tokens() < 1 || grant.tokens() > request.uncomputedTokens()) {
            throw new PlanException("a grant of " + grant.tokens() + " tokens to " + request);
        }
        return request;
    }

    private void reserve() {
        int done = 0;
        try {
            for (Slice slice : batch.slices()) {
                kv.reserve(slice.sequence().id(), slice.end());
                done++;
            }
        } catch (IllegalStateException full) {
            giveBack(done);
            throw new PlanException("the plan needs more blocks than are free: " + full.getMessage());
        }
    }

    /** The step did not run: blocks reserved for it go back. */
    void abort() {
        giveBack(batch.slices().size());
    }

    private void giveBack(int count) {
        for (Slice slice : batch.slices().subList(0, count)) {
            kv.shrink(slice.sequence().id(), slice.start());
        }
    }

    Batch batch() {
        return batch;
    }

    /** The requests whose blocks move. */
    List<ServingRequest> swapped() {
        return swapped;
    }

    /** The requests of the batch's slices, in their order. */
    List<ServingRequest> requests() {
        return requests;
    }
}
