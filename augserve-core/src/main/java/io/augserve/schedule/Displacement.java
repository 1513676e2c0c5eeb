package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Takes memory and places from those who need them least, in the order that {@link GoodputScheduler} states. */
final class Displacement {
    private final KvCache kv;
    private final PlanDraft draft;
    private final IdleMemory idle;
    private final List<Candidate> onTime;
    private final List<Candidate> late;
    /** Who is back before this instant keeps its memory: it would be back before that has paid. */
    private final long soon;
    private int lastOnTime;
    private int lastLate;

    /**
     * @param onTime running requests on time, least demanding first
     * @param late the others that run
     */
    Displacement(SchedulerView view, PlanDraft draft, IdleMemory idle, Prospects prospects, List<Candidate> onTime,
            List<Candidate> late) {
        this.kv = view.kvCache();
        this.draft = draft;
        this.idle = idle;
        this.onTime = List.copyOf(onTime);
        this.late = late;
        this.soon = view.nowNanos() + Math.round(1e9 * prospects.worthwhilePauseSeconds());
        this.lastOnTime = onTime.size();
        this.lastLate = late.size();
    }

    /** Frees blocks for a request; false if nobody has to give any to it. */
    boolean takeMemory(Candidate taker) {
        return takeFromPaused(taker) || fromParked(taker) || fromHolder(taker, taker.claim()) || takePlace(taker);
    }

    /** Frees blocks of a paused context that is not back soon. */
    boolean takeFromPaused(Candidate taker) {
        return fromPaused(taker, soon);
    }

    /** Frees a place in the running set. */
    boolean takePlace(Candidate taker) {
        double factor = taker.waits ? GoodputPass.WORTH_DISPLACING : 1;
        // The lane's share is taken from whoever is most demanding.
        return (!taker.late && fromLate(taker)) || fromRunning(taker, taker.late ? 0 : factor * taker.demand);
    }

    /** Frees blocks, whoever has to give them. */
    boolean takeFromAnybody(Candidate taker) {
        return fromPaused(taker, Long.MIN_VALUE) || fromHolder(taker, Double.NEGATIVE_INFINITY) || fromLate(taker)
                || fromRunning(taker, Double.NEGATIVE_INFINITY);
    }

    private Predicate<Candidate> holding(Candidate taker) {
        return each -> each != taker && !draft.isTouched(each.request) && kv.held(each.id()) > 0;
    }

    private boolean fromPaused(Candidate taker, long after) {
        Optional<Candidate> victim = idle.longestPaused(after, holding(taker));
        victim.ifPresent(each -> drop(each, taker));
        return victim.isPresent();
    }

    /** Who may never come back has no claim, however soon it is expected. */
    private boolean fromParked(Candidate taker) {
        Optional<Candidate> victim = idle.longestPaused(Long.MIN_VALUE,
                holding(taker).and(each -> each.request.parked()));
        victim.ifPresent(each -> drop(each, taker));
        return victim.isPresent();
    }

    private boolean fromHolder(Candidate taker, double claim) {
        Optional<Candidate> victim = idle.mostDemandingHolder(claim, holding(taker));
        victim.ifPresent(each -> drop(each, taker));
        return victim.isPresent();
    }

    private boolean fromLate(Candidate taker) {
        while (lastLate > 0) {
            Candidate victim = late.get(--lastLate);
            if (victim != taker && !draft.isTouched(victim.request)) {
                stop(victim, taker);
                return true;
            }
        }
        return false;
    }

    private boolean fromRunning(Candidate taker, double demand) {
        while (lastOnTime > 0) {
            Candidate victim = onTime.get(lastOnTime - 1);
            if (victim == taker || victim.demand <= demand) {
                return false;
            }
            lastOnTime--;
            if (!draft.isTouched(victim.request)) {
                stop(victim, taker);
                return true;
            }
        }
        return false;
    }

    /** A running request waits again, with its KV in host memory if there is room. */
    void stop(Candidate running) {
        stop(running, running);
    }

    private void stop(Candidate running, Candidate taker) {
        int held = kv.held(running.id());
        makeHostRoom(held, taker, soon);
        if (held > 0 && draft.hostFree() >= held) {
            draft.swapOut(running.request, held);
        } else {
            draft.preempt(running.request);
        }
    }

    /** A paused or waiting request loses its blocks on the device. */
    private void drop(Candidate idler, Candidate taker) {
        int held = kv.held(idler.id());
        makeHostRoom(held, taker, Long.MAX_VALUE);
        if (draft.hostFree() >= held) {
            draft.swapOut(idler.request, held);
            idle.movedToHost(idler);
        } else {
            draft.discard(idler.request);
            idle.discarded(idler);
        }
    }

    /**
     * Gives up contexts in host memory: of the best-effort lane, then of those whose tools are not back before an instant.
     */
    private void makeHostRoom(int blocks, Candidate taker, long pausedAfter) {
        Predicate<Candidate> hosted = each -> each != taker && !draft.isTouched(each.request)
                && kv.hostHeld(each.id()) > 0;
        while (draft.hostFree() < blocks && blocks <= kv.hostCapacity()) {
            Optional<Candidate> victim = idle.latest(hosted).or(() -> idle.longestHosted(pausedAfter, hosted));
            if (victim.isEmpty()) {
                return;
            }
            draft.discard(victim.get().request);
            idle.discarded(victim.get());
        }
    }
}
