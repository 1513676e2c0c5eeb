package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.predict.CostModel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Chooses what becomes of the KV of requests whose tools are out, by least {@link Waste}, at the plan after the pause, and again while
 * they wait: a tool that is overdue is expected to take as long as it has taken so far, so its context is looked at anew each time the
 * elapsed time has passed the estimate or doubled. Between such times a plan does not touch it, however many are paused. Swaps go out in
 * chunks that the step can hide.
 */
final class PausedContexts {
    private final CostModel costs;
    private final Pauses pauses = new Pauses();
    private final Map<Long, RequestView> preserved = new LinkedHashMap<>();
    private final Map<Long, RequestView> swapping = new LinkedHashMap<>();

    PausedContexts(CostModel costs) {
        this.costs = costs;
    }

    void paused(RequestView request) {
        pauses.begins(request);
    }

    /** It is not paused any more. */
    void left(RequestView request) {
        if (pauses.ends(request)) {
            preserved.remove(request.id());
            swapping.remove(request.id());
        }
    }

    /** Contexts that hold blocks and are to keep them. */
    Iterable<RequestView> preserved() {
        return preserved.values();
    }

    /** Decides what is new or due, and goes on with swaps. */
    void plan(SchedulerView view, PlanDraft draft) {
        pauses.takeFresh(request -> decide(request, view, draft));
        pauses.takeDue(view.nowNanos(), request -> {
            if (preserved.containsKey(request.id())) {
                decide(request, view, draft);
            }
        });
        swapMore(view, draft);
    }

    private void decide(RequestView request, SchedulerView view, PlanDraft draft) {
        KvCache kv = view.kvCache();
        int held = kv.held(request.id());
        if (held == 0 || draft.isTouched(request)) {
            return;
        }
        double remaining = remainingSeconds(request, view.nowNanos());
        boolean canSwap = draft.hostFree() >= held;
        switch (waste(request, remaining, view, canSwap).least()) {
            case PRESERVE -> {
                preserved.put(request.id(), request);
                long wait = Math.max(1_000_000, Math.round(remaining * 1e9));
                pauses.lookAgain(request, view.nowNanos() + wait);
            }
            case SWAP -> {
                preserved.remove(request.id());
                swapping.put(request.id(), request);
            }
            case DISCARD -> {
                preserved.remove(request.id());
                draft.discard(request);
            }
        }
    }

    /** What is left of the estimate; once it has passed, as long again as it has taken. */
    private static double remainingSeconds(RequestView request, long now) {
        double elapsed = (now - request.stateSinceNanos()) / 1e9;
        double estimated = request.estimate().toolSeconds();
        return elapsed < estimated ? estimated - elapsed : elapsed;
    }

    private Waste waste(RequestView request, double remaining, SchedulerView view, boolean canSwap) {
        int others = 0;
        for (RequestView running : view.running()) {
            others += running.computedTokens();
        }
        return Waste.of(costs, request.computedTokens(), remaining, others, view.tokenBudget(), view.running().size(),
                canSwap);
    }

    private void swapMore(SchedulerView view, PlanDraft draft) {
        KvCache kv = view.kvCache();
        int budget = SwapBudget.left(costs, view, draft);
        Iterator<RequestView> next = swapping.values().iterator();
        while (budget > 0 && next.hasNext()) {
            RequestView request = next.next();
            int blocks = Math.min(Math.min(kv.exclusive(request.id()), draft.hostFree()), budget);
            if (blocks > 0) {
                draft.swapOut(request, blocks);
                budget -= blocks;
            }
            if (blocks == kv.exclusive(request.id())) {
                next.remove();
            }
        }
    }

    /** Gives up the preserved context that wastes most; false if there is none that this plan may touch. */
    boolean reclaim(SchedulerView view, PlanDraft draft) {
        RequestView worst = null;
        double most = -1;
        for (RequestView request : preserved.values()) {
            double waste = remainingSeconds(request, view.nowNanos()) * request.computedTokens();
            if (waste > most && !draft.isTouched(request)) {
                worst = request;
                most = waste;
            }
        }
        for (RequestView request : swapping.values()) {
            if (worst == null && !draft.isTouched(request) && view.kvCache().held(request.id()) > 0) {
                worst = request;
            }
        }
        if (worst == null) {
            return false;
        }
        preserved.remove(worst.id());
        swapping.remove(worst.id());
        draft.discard(worst);
        return true;
    }
}
