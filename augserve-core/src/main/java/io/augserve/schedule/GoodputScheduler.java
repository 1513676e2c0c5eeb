package io.augserve.schedule;

import static java.util.Objects.requireNonNull;

import io.augserve.predict.CostModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves as many requests within their own objectives as the machine can: this project's policy.
 *
 * <p><b>Two lanes.</b> A request that can still meet its objective goes before all that cannot. Among those, the least {@link Prospects
 * demand} first, of running and waiting ones together: served to its end, each counts the same, so the cheapest ones make the most of the
 * machine (the greedy solution of the knapsack that AugServe, arXiv 2512.04013, states for one segment). What a request is owed is its own
 * {@link io.augserve.request.ServiceLevel}, as in JITServe (arXiv 2504.20068); AugServe's order knows none. Whoever misses its latest start
 * falls into the {@link BestEffortLane}, which has a guaranteed share of the machine, so that nobody starves; nothing is spent there on
 * what is lost already while others can be saved. A request that catches up is taken back.
 *
 * <p><b>Memory.</b> A pause changes nothing at first: a paused context stays where it is until somebody on time needs its blocks. Then
 * memory is taken, in this order, from contexts whose tools take longest, from waiting requests that returned with their KV and are late
 * or more demanding, from late running requests, and from more demanding running ones. What is taken goes to host memory, as much as a
 * step can hide; if that is full, contexts of the best-effort lane and then those whose tools take longest are given up there. A pause
 * that is shorter than bringing its context back would cost keeps it ({@link Prospects#worthwhilePauseSeconds()}). A waiting request
 * displaces a running one only if that demands {@value GoodputPass#WORTH_DISPLACING} times as much.
 *
 * <p><b>What is given up</b> stays in the cache, and who is served again soonest keeps it longest ({@link NextUses}): a request's turn comes
 * {@value #WAIT_PER_DEMAND} seconds for each machine-second of its demand after it began to wait or its tools were due, and an hour later if
 * it is late. In simulations without host memory, that keeps more than the time alone.
 *
 * <p><b>Prompts</b> go in chunks that ride along for free, where the machine has such room and the objective such time ({@link FreeRide}).
 *
 * <p><b>No standstill.</b> If nobody could be granted anything, the first in order takes what it needs from whoever has it.
 */
final class GoodputScheduler implements Scheduler {
    /** Seconds that a request is expected to wait for each machine-second that it demands: who demands less goes first. */
    private static final double WAIT_PER_DEMAND = 5;
    /** Longer than pauses last: who is late comes back after all who are on time, as they are served. */
    private static final long LATE_NANOS = 3_600_000_000_000L;

    private final Prospects prospects;
    private final Map<Long, Candidate> candidates = new HashMap<>();
    private final OnTimeQueue onTime = new OnTimeQueue();
    private final BestEffortLane lane;
    private final IdleMemory idle = new IdleMemory();
    private final NextUses nextUses = new NextUses(request -> turnAfter(find(request)));
    private final int freeTokens;

    /**
     * @param costs of the machine
     * @param freeTokens that a step carries in the time that one token takes; at least 0
     * @param bestEffortShare of the machine for requests that can not meet their objective any more, in (0, 1): more of it brings down the
     *        mean time to first token and the longest wait under overload, and effective throughput with them
     */
    GoodputScheduler(CostModel costs, int freeTokens, double bestEffortShare) {
        this.freeTokens = freeTokens;
        this.prospects = new Prospects(costs);
        this.lane = new BestEffortLane(bestEffortShare);
    }

    @Override
    public void arrived(RequestView request, long now) {
        Candidate candidate = new Candidate(request);
        candidates.put(request.id(), candidate);
        waitsWithKv(candidate, now);
    }

    @Override
    public void paused(RequestView request, long now) {
        idle.paused(find(request), now);
        nextUses.paused(request, now);
    }

    @Override
    public void returned(RequestView request, long now) {
        Candidate candidate = find(request);
        idle.returned(candidate);
        waitsWithKv(candidate, now);
    }

    private void waitsWithKv(Candidate candidate, long now) {
        waits(candidate, now);
        if (candidate.request.computedTokens() > 0) {
            idle.holds(candidate);
        }
    }

    @Override
    public void preempted(RequestView request, long now) {
        waits(find(request), now);
    }

    @Override
    public void ended(RequestView request, long now) {
        Candidate candidate = candidates.remove(request.id());
        if (candidate != null) {
            idle.returned(candidate);
            starts(candidate);
            nextUses.ended(request);
        }
    }

    /** Nanoseconds that it will wait for its turn, as far as its place in the order tells. */
    private static long turnAfter(Candidate candidate) {
        return Math.round(1e9 * WAIT_PER_DEMAND * candidate.demand) + (candidate.late ? LATE_NANOS : 0);
    }

    private Candidate find(RequestView request) {
        return requireNonNull(candidates.get(request.id()));
    }

    private void waits(Candidate candidate, long now) {
        prospects.assess(candidate, now);
        nextUses.waits(candidate.request);
        candidate.waits = true;
        if (candidate.late) {
            bestEffort(candidate);
        } else {
            onTime.add(candidate);
        }
    }

    private void bestEffort(Candidate candidate) {
        lane.add(candidate);
        if (candidate.request.computedTokens() > 0) {
            idle.isLate(candidate);
        }
    }

    /** It waits no more. */
    private void starts(Candidate candidate) {
        candidate.waits = false;
        onTime.remove(candidate);
        lane.remove(candidate);
        idle.starts(candidate);
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        lane.earn(prospects.planBegins(view));
        idle.update(view.nowNanos());
        onTime.expire(view.nowNanos(), this::fellBehind);
        List<Candidate> running = view.running().stream().map(this::find).toList();
        FreeRide ride = new FreeRide(freeTokens, running.size(), prospects.iterationSeconds());
        GoodputPass pass = new GoodputPass(view, running, prospects, ride, idle, lane);
        StepPlan plan = nextUses.weigh(
                pass.plan(onTime.best(GoodputPass.LOOKED_AT, id -> requireNonNull(candidates.get(id)))), view);
        prospects.planEnds(plan);
        for (StepPlan.Grant grant : plan.grants()) {
            Candidate candidate = find(grant.request());
            if (candidate.waits) {
                starts(candidate);
                candidate.visitedAt = grant.request().outputTokens();
            }
        }
        return plan;
    }

    private void fellBehind(Candidate candidate) {
        // A holder's place among the holders depends on its being late.
        boolean holds = idle.forget(candidate);
        candidate.late = true;
        nextUses.waits(candidate.request);
        if (holds) {
            idle.holds(candidate);
        }
        bestEffort(candidate);
    }
}
