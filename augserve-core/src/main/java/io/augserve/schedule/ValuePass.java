package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.predict.CostModel;
import io.augserve.schedule.WaitingRanks.Ranked;

/**
 * One greedy pass over requests by their value, as long as tokens, blocks and places in the running set last.
 *
 * <p>A running request that lacks blocks takes them from preserved contexts, then from holders, then from those who run with less value, and
 * gives up its own if that is not enough. A waiting one takes them from holders of less value, if they have enough, but not from preserved
 * contexts: under overload somebody always waits, and none would be kept until its tool returns. A request with blocks in host memory gets
 * them back over as many steps as their {@link SwapBudget}s ask for, and runs in the last of these.
 */
final class ValuePass {
    /** Waiting requests passed over for want of blocks before the plan stops looking for a smaller one. */
    private static final int MISSES = 8;

    private final SchedulerView view;
    private final PlanDraft draft;
    private final KvCache kv;
    private final CostModel costs;
    private final Eviction eviction;
    private final PausedContexts contexts;
    private final Holders.Reclaim holders;
    private final Ranked[] running;
    private int victims;
    private int misses;

    /**
     * @param running in the order of their values
     */
    ValuePass(SchedulerView view, PlanDraft draft, CostModel costs, Eviction eviction, PausedContexts contexts,
            Holders holders, Ranked[] running) {
        this.view = view;
        this.draft = draft;
        this.kv = view.kvCache();
        this.costs = costs;
        this.eviction = eviction;
        this.contexts = contexts;
        this.holders = holders.new Reclaim(view, draft);
        this.running = running;
        this.victims = running.length;
    }

    void offerAll(Ranked[] ranked) {
        for (Ranked each : ranked) {
            if (draft.budget() <= 0) {
                return;
            }
            if (draft.hasRoomFor(each.request()) && !draft.isTouched(each.request())) {
                if (each.request().state() == RequestState.RUNNING) {
                    keepRunning(each);
                } else if (misses < MISSES) {
                    admit(each);
                }
            }
        }
    }

    private void keepRunning(Ranked ranked) {
        RequestView request = ranked.request();
        int tokens = draft.tokensFor(request);
        while (draft.neededFor(request, tokens) > draft.free()) {
            if (!takeMemory(request)) {
                eviction.evict(request, view, draft);
                return;
            }
        }
        draft.grant(request, tokens);
    }

    private boolean takeMemory(RequestView request) {
        if (contexts.reclaim(view, draft) || holders.one(aboveAll(request))) {
            return true;
        }
        while (victims > 0) {
            RequestView victim = running[--victims].request();
            if (victim.id() == request.id()) {
                return false;
            }
            if (!draft.isTouched(victim)) {
                eviction.evict(victim, view, draft);
                return true;
            }
        }
        return false;
    }

    private void admit(Ranked ranked) {
        RequestView request = ranked.request();
        int tokens = draft.tokensFor(request);
        int missing = draft.neededFor(request, tokens) - draft.free();
        if (missing > 0 && !holders.enough(ranked, missing)) {
            misses++;
            return;
        }
        int hosted = kv.hostHeld(request.id());
        int movable = hosted == 0 ? 0 : SwapBudget.left(costs, view, draft);
        if (movable >= hosted) {
            draft.grant(request, tokens);
        } else if (movable > 0) {
            draft.swapIn(request, movable);
        }
    }

    /** Nobody can run: the first takes what it needs from whoever has it. */
    void force(Ranked first) {
        RequestView request = first.request();
        if (draft.isTouched(request)) {
            return;
        }
        Ranked taker = request.state() == RequestState.RUNNING ? aboveAll(request) : first;
        int tokens = draft.tokensFor(request);
        while (draft.neededFor(request, tokens) > draft.free()) {
            if (!contexts.reclaim(view, draft) && !holders.one(taker)) {
                return;
            }
        }
        draft.grant(request, tokens);
    }

    private static Ranked aboveAll(RequestView request) {
        return new Ranked(request, Double.POSITIVE_INFINITY);
    }
}
