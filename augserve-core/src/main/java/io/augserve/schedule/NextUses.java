package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Expects back who has left KV in the cache, so that {@link KvCache#expect} keeps what is used again soonest:
 *
 * <pre>
 * next use = when its tools are expected back, if it is paused, or when it began to wait, if it waits
 *            + how long its turn then takes to come, which the policy knows
 * </pre>
 *
 * Who gives up its KV while it runs begins to wait now. A tool that is overdue is expected to take as long again as it has taken so far, so
 * what is left of a context whose tool never returns is overwritten sooner and sooner. A parked turn is a paused request like others; of a
 * request that has ended nothing is expected, and what it leaves is used again by chance.
 *
 * <p>A plan names who gives up KV in it, who has begun to wait or to wait longer since the last one, and whose tool is overdue: nobody else
 * is looked at, however many there are.
 */
final class NextUses {
    private static final long SOON = 1_000_000;

    private final ToLongFunction<RequestView> delay;
    private final Map<Long, Return> returns = new HashMap<>();
    private final NavigableSet<Return> due = new TreeSet<>(
            Comparator.comparingLong(Return::nanos).thenComparingLong(each -> each.request().id()));
    /** Of whom something else is expected than the cache has been told. */
    private final Set<RequestView> changed = new LinkedHashSet<>();

    private record Return(RequestView request, long nanos) {}

    /** @param delay nanoseconds that a request will wait longer than others; may change when {@link #waits} is called */
    NextUses(ToLongFunction<RequestView> delay) {
        this.delay = delay;
    }

    /** Its tools are out. */
    void paused(RequestView request, long now) {
        expect(new Return(request, now + Math.round(request.estimate().toolSeconds() * 1e9)));
    }

    /** It waits for its turn, or for a later turn than before. */
    void waits(RequestView request) {
        forget(request);
        changed.add(request);
    }

    /** It has left the house. */
    void ended(RequestView request) {
        forget(request);
        changed.remove(request);
    }

    private void expect(Return expected) {
        returns.put(expected.request().id(), expected);
        due.add(expected);
    }

    private void forget(RequestView request) {
        Return expected = returns.remove(request.id());
        if (expected != null) {
            due.remove(expected);
        }
    }

    /** A plan with what is to be said to the cache. */
    StepPlan weigh(StepPlan plan, SchedulerView view) {
        long now = view.nowNanos();
        expectLater(now);
        if (plan.preempted().isEmpty() && plan.discarded().isEmpty() && changed.isEmpty()) {
            return plan;
        }
        List<StepPlan.NextUse> uses = new ArrayList<>();
        plan.preempted().forEach(request -> uses.add(nextUse(request, now)));
        plan.discarded().forEach(request -> uses.add(nextUse(request, now)));
        for (RequestView request : changed) {
            if (view.kvCache().reusable(request.id()) > 0) {
                uses.add(nextUse(request, now));
            }
        }
        changed.clear();
        return plan.with(uses);
    }

    private void expectLater(long now) {
        while (!due.isEmpty() && due.first().nanos() <= now) {
            RequestView overdue = due.removeFirst().request();
            expect(new Return(overdue, now + Math.max(SOON, now - overdue.stateSinceNanos())));
            changed.add(overdue);
        }
    }

    private StepPlan.NextUse nextUse(RequestView request, long now) {
        Return expected = returns.get(request.id());
        long turn = expected != null
                ? expected.nanos()
                : request.state() == RequestState.WAITING ? request.stateSinceNanos() : now;
        return new StepPlan.NextUse(request, turn + delay.applyAsLong(request));
    }
}
