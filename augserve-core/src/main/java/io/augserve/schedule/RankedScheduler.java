package io.augserve.schedule;

import io.augserve.predict.CostModel;
import io.augserve.schedule.WaitingRanks.Ranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Serves requests in the order of their value: a composition of a {@link RequestOrder}, least-waste handling of paused contexts
 * ({@link PausedContexts}), an {@link Eviction} and a {@link StarvationGuard}.
 *
 * <p>A plan first decides about paused contexts. Then all requests that can run, or the running ones before the waiting ones if the order
 * says so, are taken by value in a {@link ValuePass}. A running request that is passed over keeps its KV. If nobody can run, the most
 * valuable request, a running one if there is one, takes what it needs from contexts and holders, so there is no standstill.
 */
final class RankedScheduler implements Scheduler {
    /** Waiting requests looked at in a plan: more cannot start in one step without having been worth a look. */
    private static final int LOOKED_AT = 128;

    private final RequestOrder order;
    private final CostModel costs;
    private final Eviction eviction;
    private final StarvationGuard guard;
    private final PausedContexts contexts;
    private final WaitingRanks waiting = new WaitingRanks();
    private final Holders holders;
    /** Requests that the latest plan discarded: those that wait have more to compute since then, and so another value. */
    private final List<RequestView> discarded = new ArrayList<>();

    /**
     * @param starvationPlans plans of waiting after which a request goes before all others until it ends
     */
    RankedScheduler(RequestOrder order, CostModel costs, Eviction eviction, int starvationPlans) {
        this.order = order;
        this.costs = costs;
        this.eviction = eviction;
        this.guard = new StarvationGuard(starvationPlans);
        this.contexts = new PausedContexts(costs);
        this.holders = new Holders(eviction);
    }

    @Override
    public void arrived(RequestView request, long now) {
        if (request.computedTokens() > 0) {
            holders.put(request, level(request), rate(request));
        }
        waits(request);
    }

    @Override
    public void paused(RequestView request, long now) {
        contexts.paused(request);
    }

    @Override
    public void returned(RequestView request, long now) {
        contexts.left(request);
        holders.put(request, level(request), rate(request));
        waits(request);
    }

    @Override
    public void preempted(RequestView request, long now) {
        guard.preempted(request);
        waits(request);
    }

    @Override
    public void ended(RequestView request, long now) {
        contexts.left(request);
        guard.ended(request);
        waiting.remove(request);
        holders.remove(request);
    }

    private void waits(RequestView request) {
        guard.waits(request);
        waiting.add(request, level(request), rate(request));
    }

    private void started(RequestView request) {
        guard.runs(request);
        waiting.remove(request);
        holders.remove(request);
    }

    /** Its value has changed while it waits. */
    private void rankAnew(RequestView request) {
        if (waiting.contains(request)) {
            waiting.remove(request);
            waiting.add(request, level(request), rate(request));
        }
        if (holders.contains(request)) {
            holders.put(request, level(request), rate(request));
        }
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        PlanDraft draft = new PlanDraft(view);
        contexts.plan(view, draft);
        guard.plan().forEach(this::rankAnew);
        discarded.forEach(this::rankAnew);
        discarded.clear();
        Ranked[] running = rankRunning(view);
        Ranked[] queue = waiting.best(view.nowNanos() / 1e9, LOOKED_AT);
        ValuePass pass = new ValuePass(view, draft, costs, eviction, contexts, holders, running);
        if (order.runningFirst()) {
            pass.offerAll(running);
            pass.offerAll(queue);
        } else {
            pass.offerAll(merged(running, queue));
        }
        if (draft.isIdle() && running.length + queue.length > 0) {
            pass.force(running.length > 0 ? running[0] : queue[0]);
        }
        for (StepPlan.Grant grant : draft.grants) {
            if (grant.request().state() != RequestState.RUNNING) {
                started(grant.request());
            }
        }
        for (StepPlan.Swap swap : draft.swapIns()) {
            if (waiting.contains(swap.request())) {
                holders.put(swap.request(), level(swap.request()), rate(swap.request()));
            }
        }
        StepPlan plan = draft.plan();
        discarded.addAll(plan.discarded());
        return plan;
    }

    private Ranked[] rankRunning(SchedulerView view) {
        double seconds = view.nowNanos() / 1e9;
        List<? extends RequestView> requests = view.running();
        Ranked[] ranked = new Ranked[requests.size()];
        for (int i = 0; i < ranked.length; i++) {
            RequestView request = requests.get(i);
            ranked[i] = new Ranked(request,
                    guard.isPromoted(request) ? guard.value(request) : order.value(request, costs, seconds));
        }
        Arrays.sort(ranked);
        return ranked;
    }

    /** Two sorted arrays as one. */
    private static Ranked[] merged(Ranked[] some, Ranked[] others) {
        Ranked[] all = new Ranked[some.length + others.length];
        int i = 0;
        int j = 0;
        while (i + j < all.length) {
            boolean first = j == others.length || (i < some.length && some[i].compareTo(others[j]) < 0);
            all[i + j] = first ? some[i++] : others[j++];
        }
        return all;
    }

    private double level(RequestView request) {
        return guard.isPromoted(request) ? guard.value(request) : order.level(request, costs);
    }

    private double rate(RequestView request) {
        return guard.isPromoted(request) ? 0 : order.rate(request, costs);
    }
}
