package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.predict.CostModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Serves requests in the order of their value: a composition of a {@link RequestOrder}, least-waste handling of paused contexts
 * ({@link PausedContexts}) and a guard against starvation.
 *
 * <p>A plan first decides about paused contexts. Then all requests that can run, or the running ones before the waiting ones if the order
 * says so, are taken by value, greedily, while tokens, blocks and the running set last. A running request that is passed over keeps its
 * KV. When blocks run out, memory is taken, in this order, from preserved contexts, from waiting requests that returned with their KV,
 * and from running requests of less value, the least valuable first; a waiting request takes memory from others only if nobody else can
 * run. So there is no standstill: the most valuable request always gets what it needs in the end.
 */
final class RankedScheduler implements Scheduler {
    /** Waiting requests looked at in a plan: more cannot start in one step without having been worth a look. */
    private static final int LOOKED_AT = 128;
    /** A value above every order's. */
    private static final double PROMOTED = 1e15;
    /** Waiting requests passed over for want of blocks before the plan stops looking for a smaller one. */
    private static final int MISSES = 8;

    private final RequestOrder order;
    private final CostModel costs;
    private final int starvationPlans;
    private final WaitingRanks waiting = new WaitingRanks();
    private final PausedContexts contexts;
    /** Waiting requests in the order in which they began to wait, with the plan at which they did. */
    private final Map<Long, Since> waitingSince = new LinkedHashMap<>();
    /** Requests that waited too long, with the order in which that happened. */
    private final Map<Long, Long> promoted = new HashMap<>();
    /** Waiting requests that returned with their KV. */
    private final Map<Long, RequestView> holders = new LinkedHashMap<>();
    private long plans;
    private long promotions;

    private record Since(RequestView request, long plan) {}

    /**
     * @param starvationPlans plans of waiting after which a request goes before all others until it ends
     */
    RankedScheduler(RequestOrder order, CostModel costs, int starvationPlans) {
        this.order = order;
        this.costs = costs;
        this.starvationPlans = starvationPlans;
        this.contexts = new PausedContexts(costs);
    }

    @Override
    public void arrived(RequestView request, long now) {
        waits(request);
    }

    @Override
    public void paused(RequestView request, long now) {
        contexts.paused(request);
    }

    @Override
    public void returned(RequestView request, long now) {
        contexts.left(request);
        holders.put(request.id(), request);
        waits(request);
    }

    @Override
    public void preempted(RequestView request, long now) {
        waits(request);
    }

    @Override
    public void ended(RequestView request, long now) {
        contexts.left(request);
        started(request);
        promoted.remove(request.id());
    }

    private void waits(RequestView request) {
        rank(request);
        if (!promoted.containsKey(request.id())) {
            waitingSince.put(request.id(), new Since(request, plans));
        }
    }

    private void started(RequestView request) {
        waiting.remove(request);
        waitingSince.remove(request.id());
        holders.remove(request.id());
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        plans++;
        PlanDraft draft = new PlanDraft(view);
        contexts.plan(view, draft);
        promoteStarved();
        WaitingRanks.Ranked[] running = rankRunning(view);
        WaitingRanks.Ranked[] queue = waiting.best(view.nowNanos() / 1e9, LOOKED_AT);
        Candidates candidates = new Candidates(view, draft, running);
        if (order.runningFirst()) {
            offerAll(candidates, running);
            offerAll(candidates, queue);
        } else {
            WaitingRanks.Ranked[] all = Arrays.copyOf(running, running.length + queue.length);
            System.arraycopy(queue, 0, all, running.length, queue.length);
            Arrays.sort(all);
            offerAll(candidates, all);
        }
        if (draft.grants.isEmpty() && !draft.preempts()) {
            force(view, draft, running, queue);
        }
        for (StepPlan.Grant grant : draft.grants) {
            if (grant.request().state() != RequestState.RUNNING) {
                started(grant.request());
            }
        }
        return draft.plan();
    }

    private WaitingRanks.Ranked[] rankRunning(SchedulerView view) {
        double seconds = view.nowNanos() / 1e9;
        WaitingRanks.Ranked[] ranked = new WaitingRanks.Ranked[view.running().size()];
        for (int i = 0; i < ranked.length; i++) {
            RequestView request = view.running().get(i);
            ranked[i] = new WaitingRanks.Ranked(request,
                    level(request) + rate(request) * seconds);
        }
        Arrays.sort(ranked);
        return ranked;
    }

    /** Who has waited too long goes before all others from now on, until it ends: in the order in which that happened. */
    private void promoteStarved() {
        Iterator<Since> oldest = waitingSince.values().iterator();
        while (oldest.hasNext()) {
            Since since = oldest.next();
            if (plans - since.plan() < starvationPlans) {
                return;
            }
            oldest.remove();
            promoted.put(since.request().id(), promotions++);
            waiting.remove(since.request());
            rank(since.request());
        }
    }

    private void rank(RequestView request) {
        waiting.add(request, level(request), rate(request));
    }

    private double level(RequestView request) {
        Long promotion = promoted.get(request.id());
        return promotion == null ? order.level(request, costs) : PROMOTED - promotion;
    }

    private double rate(RequestView request) {
        return promoted.containsKey(request.id()) ? 0 : order.rate(request, costs);
    }

    private static void offerAll(Candidates candidates, WaitingRanks.Ranked[] ranked) {
        for (WaitingRanks.Ranked each : ranked) {
            if (!candidates.offer(each.request())) {
                return;
            }
        }
    }

    /** Nobody can run: the most valuable request takes what it needs from whoever has it. */
    private void force(SchedulerView view, PlanDraft draft, WaitingRanks.Ranked[] running,
            WaitingRanks.Ranked[] queue) {
        if (running.length + queue.length == 0) {
            return;
        }
        RequestView first = running.length > 0 ? running[0].request() : queue[0].request();
        if (draft.isTouched(first)) {
            return;
        }
        int tokens = draft.tokensFor(first);
        while (draft.neededFor(first, tokens) > draft.free()) {
            if (!contexts.reclaim(view, draft) && !reclaimHolder(view, draft, first)) {
                return;
            }
        }
        draft.grant(first, tokens);
    }

    private boolean reclaimHolder(SchedulerView view, PlanDraft draft, RequestView spared) {
        KvCache kv = view.kvCache();
        RequestView last = null;
        for (RequestView holder : holders.values()) {
            if (holder.id() != spared.id() && !draft.isTouched(holder) && kv.held(holder.id()) > 0) {
                last = holder;
            }
        }
        if (last == null) {
            return false;
        }
        holders.remove(last.id());
        draft.discard(last);
        return true;
    }

    /** Takes requests by value while there is anything left to give. */
    private final class Candidates {
        private final SchedulerView view;
        private final PlanDraft draft;
        private final WaitingRanks.Ranked[] running;
        private int victims;
        private int misses;

        Candidates(SchedulerView view, PlanDraft draft, WaitingRanks.Ranked[] running) {
            this.view = view;
            this.draft = draft;
            this.running = running;
            this.victims = running.length;
        }

        /** False if nobody after this one needs to be offered. */
        boolean offer(RequestView request) {
            if (draft.budget() <= 0) {
                return false;
            }
            boolean runs = request.state() == RequestState.RUNNING;
            if (draft.isTouched(request) || !draft.hasRoomFor(request) || (!runs && misses == MISSES)) {
                return true;
            }
            int tokens = draft.tokensFor(request);
            while (draft.neededFor(request, tokens) > draft.free()) {
                if (!runs) {
                    misses++;
                    return true;
                }
                if (!takeMemory(request)) {
                    draft.preempt(request);
                    return true;
                }
            }
            draft.grant(request, tokens);
            return true;
        }

        /** For a running request: contexts first, then holders, then those who run with less value. */
        private boolean takeMemory(RequestView request) {
            if (contexts.reclaim(view, draft) || reclaimHolder(view, draft, request)) {
                return true;
            }
            while (victims > 0) {
                RequestView victim = running[--victims].request();
                if (victim.id() == request.id()) {
                    return false;
                }
                if (!draft.isTouched(victim)) {
                    draft.preempt(victim);
                    return true;
                }
            }
            return false;
        }
    }
}
