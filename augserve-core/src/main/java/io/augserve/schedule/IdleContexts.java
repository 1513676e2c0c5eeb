package io.augserve.schedule;

import java.util.TreeMap;

/**
 * The requests that hold KV without running: paused ones whose {@link Retention} has not run out, and waiting ones that returned in time. A
 * plan looks at those that have just paused and at those whose time is up; nobody else is touched, however many there are.
 */
final class IdleContexts {
    private final Retention retention;
    private final Pauses pauses = new Pauses();
    /** By program, so that the last is the youngest. */
    private final TreeMap<Long, RequestView> kept = new TreeMap<>();

    IdleContexts(Retention retention) {
        this.retention = retention;
    }

    /** Its tools are out. */
    void paused(RequestView request) {
        pauses.begins(request);
        kept.put(request.program(), request);
    }

    /** It waits with the KV that it has taken over. */
    void holds(RequestView request) {
        kept.put(request.program(), request);
    }

    /** Its tools are back: what it holds, it keeps until it runs. */
    void returned(RequestView request) {
        pauses.ends(request);
    }

    /** It runs, or has left the house. */
    void left(RequestView request) {
        returned(request);
        kept.remove(request.program());
    }

    /** Gives up what has just paused and is not worth keeping, and whose time is up. */
    void plan(SchedulerView view, PlanDraft draft) {
        pauses.takeFresh(request -> {
            long nanos = retention.nanos(request, view);
            if (nanos > 0) {
                pauses.lookAgain(request, request.stateSinceNanos() + nanos);
            } else {
                giveUp(request, view, draft);
            }
        });
        pauses.takeDue(view.nowNanos(), request -> {
            if (kept.containsKey(request.program())) {
                giveUp(request, view, draft);
            }
        });
    }

    private void giveUp(RequestView request, SchedulerView view, PlanDraft draft) {
        kept.remove(request.program());
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
