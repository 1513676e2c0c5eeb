package io.augserve.serving;

import io.augserve.engine.BlockMove;
import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestListener;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a plan that takes memory from requests or moves it, carried out before the step is reserved: preemptions, discards, what
 * is expected to be used when, then all reuses, so that nothing can overwrite what is to be reused, then swaps.
 *
 * @param swapOuts what the engine has to copy to host memory
 * @param swapIns what it has to copy back
 * @param swapped the requests whose blocks these are
 * @param changes how many requests lost or moved blocks
 */
record MemoryMoves(List<BlockMove> swapOuts, List<BlockMove> swapIns, List<ServingRequest> swapped, int changes) {
    /**
     * Carries it out.
     *
     * @param listener told of running requests that wait again
     * @throws PlanException at the first entry that cannot be; those before it have been carried out
     */
    static MemoryMoves apply(StepPlan plan, RequestQueues queues, KvCache kv, RequestListener listener, long now) {
        for (RequestView planned : plan.preempted()) {
            ServingRequest request = known(queues, planned);
            if (request.state() != RequestState.RUNNING) {
                throw new PlanException("the plan preempts " + request);
            }
            preempt(request, queues, kv, listener, now);
        }
        for (RequestView planned : plan.discarded()) {
            ServingRequest request = known(queues, planned);
            if (request.state() == RequestState.RUNNING) {
                throw new PlanException("the plan discards the KV of " + request);
            }
            kv.retire(request.id(), request.computedTokens());
            request.loseKv();
        }
        plan.nextUses().forEach(use -> kv.expect(known(queues, use.request()).id(), use.nanos()));
        plan.grants().stream().filter(grant -> grant.reused() != 0).forEach(grant -> reuse(grant, queues, kv));
        List<BlockMove> outs = new ArrayList<>();
        List<BlockMove> ins = new ArrayList<>();
        List<ServingRequest> swapped = new ArrayList<>();
        for (StepPlan.Swap swap : plan.swapOuts()) {
            ServingRequest request = known(queues, swap.request());
            outs.add(move(request, swap.blocks(), kv.blockSize()));
            swapped.add(request);
            checked(() -> kv.swapOut(request.id(), swap.blocks()));
            if (request.state() == RequestState.RUNNING) {
                queues.moveToHead(request, now);
                listener.preempted(request, now);
            }
        }
        for (StepPlan.Swap swap : plan.swapIns()) {
            ServingRequest request = known(queues, swap.request());
            ins.add(move(request, swap.blocks(), kv.blockSize()));
            swapped.add(request);
            checked(() -> kv.swapIn(request.id(), swap.blocks()));
        }
        return new MemoryMoves(outs, ins, swapped, plan.preempted().size() + plan.discarded().size() + swapped.size());
    }

    private static void reuse(StepPlan.Grant grant, RequestQueues queues, KvCache kv) {
        ServingRequest request = known(queues, grant.request());
        int reusable = request.state() == RequestState.WAITING ? request.reusableTokens() : 0;
        if (grant.reused() < 0 || grant.reused() > reusable || grant.reused() % kv.blockSize() != 0) {
            throw new PlanException("the plan reuses " + grant.reused() + " tokens of " + request
                    + ": expected whole blocks of " + kv.blockSize() + ", at most " + reusable + " tokens");
        }
        kv.reuse(request.id(), grant.reused() / kv.blockSize());
        request.reused(grant.reused());
    }

    /** A running request gives up its KV, whose contents stay in the cache, and waits before all others. */
    private static void preempt(ServingRequest request, RequestQueues queues, KvCache kv, RequestListener listener,
            long now) {
        kv.retire(request.id(), request.computedTokens());
        waitAgain(request, queues, listener, now);
    }

    /** A running request loses its KV, contents and all, and waits before all others, to be recomputed. */
    static void startOver(ServingRequest request, RequestQueues queues, KvCache kv, RequestListener listener,
            long now) {
        kv.release(request.id());
        waitAgain(request, queues, listener, now);
    }

    private static void waitAgain(ServingRequest request, RequestQueues queues, RequestListener listener, long now) {
        request.preempted();
        queues.moveToHead(request, now);
        listener.preempted(request, now);
    }

    private static BlockMove move(ServingRequest request, int blocks, int blockSize) {
        request.swapped(blocks * blockSize);
        return new BlockMove(request.id(), blocks);
    }

    private static void checked(Runnable move) {
        try {
            move.run();
        } catch (IllegalStateException e) {
            throw new PlanException("the plan swaps what cannot be: " + e.getMessage());
        }
    }

    private static ServingRequest known(RequestQueues queues, RequestView planned) {
        ServingRequest request = queues.find(planned.id());
        if (request == null) {
            throw new PlanException("the plan speaks of request " + planned.id() + ", which is not here");
        }
        return request;
    }
}
