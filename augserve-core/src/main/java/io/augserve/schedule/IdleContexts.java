package io.augserve.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The requests that hold KV without running: paused ones whose {@link Retention} has not run out, and waiting ones that returned in time. A
 * plan looks at those that have just paused and at those whose time is up; nobody else is touched, however many there are.
 */
final class IdleContexts {
    private final Retention retention;
    private final List<RequestView> fresh = new ArrayList<>();
    /** By id, so that the last is the youngest program. */
    private final TreeMap<Long, RequestView> kept = new TreeMap<>();
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>(Comparator.comparingLong(Expiry::nanos));
    /** The pause in which a request is; an expiry of another one is outdated. */
    private final Map<Long, Long> pauses = new HashMap<>();
    private long pauseCount;

    private record Expiry(long nanos, RequestView request, long pause) {}

    IdleContexts(Retention retention) {
        this.retention = retention;
    }

    /** Its tools are out. */
    void paused(RequestView request) {
        pauses.put(request.id(), pauseCount++);
        fresh.add(request);
        kept.put(request.id(), request);
    }

    /** Its tools are back: what it holds, it keeps until it runs. */
    void returned(RequestView request) {
        if (pauses.remove(request.id()) != null) {
            fresh.remove(request);
        }
    }

    /** It runs, or has left the house. */
    void left(RequestView request) {
        returned(request);
        kept.remove(request.id());
    }

    /** Gives up what has just paused and is not worth keeping, and whose time is up. */
    void plan(SchedulerView view, PlanDraft draft) {
        for (RequestView request : fresh) {
            long nanos = retention.nanos(request, view);
            if (nanos > 0) {
                expiries.add(new Expiry(request.stateSinceNanos() + nanos, request,
                        Objects.requireNonNull(pauses.get(request.id()))));
            } else {
                giveUp(request, view, draft);
            }
        }
        fresh.clear();
        while (!expiries.isEmpty() && Objects.requireNonNull(expiries.peek()).nanos() <= view.nowNanos()) {
            Expiry due = expiries.remove();
            Long pause = pauses.get(due.request().id());
            if (pause != null && pause == due.pause() && kept.containsKey(due.request().id())) {
                giveUp(due.request(), view, draft);
            }
        }
    }

    private void giveUp(RequestView request, SchedulerView view, PlanDraft draft) {
        kept.remove(request.id());
        if (view.kvCache().held(request.id()) > 0) {
            draft.discard(request);
        }
    }

    /** Gives up the context of the youngest program but one; false if there is none that this plan may touch. */
    boolean reclaim(SchedulerView view, PlanDraft draft, RequestView spared) {
        for (RequestView request : kept.descendingMap().values()) {
            if (request.id() != spared.id() && !draft.isTouched(request)) {
                giveUp(request, view, draft);
                return true;
            }
        }
        return false;
    }
}
