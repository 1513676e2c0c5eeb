package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A plan in the making, with the budget, the free blocks and the room in the running set as they dwindle, so that whatever is added to it
 * can be carried out. A request is touched at most once: who has lost blocks is granted nothing in the same plan.
 */
final class PlanDraft {
    final List<StepPlan.Grant> grants = new ArrayList<>();
    private final List<RequestView> preempted = new ArrayList<>();
    private final List<RequestView> discarded = new ArrayList<>();
    private final List<StepPlan.Swap> swapOuts = new ArrayList<>();
    private final List<StepPlan.Swap> swapIns = new ArrayList<>();
    private final Set<RequestView> touched;
    private final KvCache kv;
    private final boolean nothingHosted;
    private int budget;
    private int free;
    private int hostFree;
    private int room;
    private int movedBlocks;

    PlanDraft(SchedulerView view) {
        touched = Collections.newSetFromMap(new IdentityHashMap<>(view.maxRunning()));
        kv = view.kvCache();
        nothingHosted = kv.hostFree() == kv.hostCapacity();
        budget = view.tokenBudget();
        free = kv.free();
        hostFree = kv.hostFree();
        room = view.maxRunning() - view.running().size();
    }

    int budget() {
        return budget;
    }

    int free() {
        return free;
    }

    int hostFree() {
        return hostFree;
    }

    /** Blocks that move between device and host so far. */
    int movedBlocks() {
        return movedBlocks;
    }

    /** Whether the plan has granted it tokens or taken its blocks. */
    boolean isTouched(RequestView request) {
        return touched.contains(request);
    }

    boolean preempts() {
        return !preempted.isEmpty();
    }

    /** Whether it computes nothing and leads to nothing by itself: no grant, nobody preempted, no block moved. */
    boolean isIdle() {
        return grants.isEmpty() && preempted.isEmpty() && movedBlocks == 0;
    }

    List<StepPlan.Swap> swapIns() {
        return swapIns;
    }

    /** Tokens that the request would get. */
    int tokensFor(RequestView request) {
        return Math.min(budget, request.uncomputedTokens());
    }

    /** Tokens that the request would get beyond those that it reuses. */
    int tokensFor(RequestView request, int reused) {
        return Math.min(budget, request.uncomputedTokens() - reused);
    }

    /** Blocks that must be free for the request to reuse and compute so many tokens, what comes back from host memory included. */
    int neededFor(RequestView request, int tokens) {
        int hosted = hosted(request);
        return hosted + Math.max(0,
                kv.blocksFor(request.computedTokens() + tokens) - kv.held(request.id()) - hosted);
    }

    private int hosted(RequestView request) {
        return nothingHosted ? 0 : kv.hostHeld(request.id());
    }

    boolean hasRoomFor(RequestView request) {
        return request.state() == RequestState.RUNNING || room > 0;
    }

    /** Grants tokens; the blocks needed must be free. */
    void grant(RequestView request, int tokens) {
        grant(request, tokens, 0);
    }

    /** Grants tokens after those that the request reuses if the blocks needed for both are free. */
    boolean tryGrant(RequestView request, int tokens, int reused) {
        int needed = neededFor(request, reused + tokens);
        if (needed > free) {
            return false;
        }
        grant(request, tokens, reused, needed);
        return true;
    }

    /** Grants tokens after those that the request reuses; the blocks needed for both must be free. */
    void grant(RequestView request, int tokens, int reused) {
        grant(request, tokens, reused, neededFor(request, reused + tokens));
    }

    private void grant(RequestView request, int tokens, int reused, int needed) {
        int hosted = hosted(request);
        if (hosted > 0) {
            // What this frees in host memory is free after the plan's swap-outs, which come first.
            swapIns.add(new StepPlan.Swap(request, hosted));
            movedBlocks += hosted;
        }
        free -= needed;
        budget -= tokens;
        room -= request.state() == RequestState.RUNNING ? 0 : 1;
        grants.add(new StepPlan.Grant(request, tokens, reused));
        touched.add(request);
    }

    /** A running request loses its KV. */
    void preempt(RequestView request) {
        preempted.add(request);
        free += kv.exclusive(request.id());
        room++;
        touched.add(request);
    }

    /** A paused or waiting request loses its KV. */
    void discard(RequestView request) {
        discarded.add(request);
        free += kv.exclusive(request.id());
        hostFree += kv.hostHeld(request.id());
        touched.add(request);
    }

    /** Blocks move to host memory, which has room for them; a running request stops running by it. */
    void swapOut(RequestView request, int blocks) {
        room += request.state() == RequestState.RUNNING ? 1 : 0;
        swapOuts.add(new StepPlan.Swap(request, blocks));
        movedBlocks += blocks;
        free += Math.min(blocks, kv.exclusive(request.id()));
        hostFree -= blocks;
        touched.add(request);
    }

    /** Some blocks of a waiting request come back, fewer than are free, and it goes on waiting for the others. */
    void swapIn(RequestView request, int blocks) {
        swapIns.add(new StepPlan.Swap(request, blocks));
        movedBlocks += blocks;
        free -= blocks;
        touched.add(request);
    }

    StepPlan plan() {
        return new StepPlan(grants, preempted, discarded, swapOuts, swapIns);
    }
}
