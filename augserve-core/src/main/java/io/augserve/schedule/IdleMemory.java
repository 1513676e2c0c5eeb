package io.augserve.schedule;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who has KV without running: paused requests, by the time at which their tools are expected back; waiting ones that returned with
 * their KV, by demand; and those of the best-effort lane. A tool that is overdue is expected to take as long again as it has taken so far.
 */
final class IdleMemory {
    private static final Comparator<Candidate> BY_RETURN = Comparator.<Candidate>comparingLong(each -> each.returnsAt)
            .thenComparingLong(Candidate::id);
    private static final Comparator<Candidate> BY_CLAIM = Comparator.comparingDouble(Candidate::claim)
            .thenComparingLong(Candidate::id);
    private static final long SOON = 1_000_000;

    private final NavigableSet<Candidate> paused = new TreeSet<>(BY_RETURN);
    private final NavigableSet<Candidate> hosted = new TreeSet<>(BY_RETURN);
    private final NavigableSet<Candidate> holders = new TreeSet<>(BY_CLAIM);
    private final SequencedSet<Candidate> late = new LinkedHashSet<>();

    void paused(Candidate candidate, long now) {
        candidate.returnsAt = now + Math.round(candidate.request.estimate().toolSeconds() * 1e9);
        paused.add(candidate);
    }

    /** It is not paused any more. */
    void returned(Candidate candidate) {
        paused.remove(candidate);
        hosted.remove(candidate);
    }

    /** It waits with KV on the device; its claim must not change until it is removed. */
    void holds(Candidate candidate) {
        holders.add(candidate);
    }

    /** It waits in the best-effort lane and has KV somewhere. */
    void isLate(Candidate candidate) {
        late.addLast(candidate);
    }

    /** It waits no more. */
    void starts(Candidate candidate) {
        holders.remove(candidate);
        late.remove(candidate);
    }

    /** Takes it out of the holders; whether it was one. */
    boolean forget(Candidate candidate) {
        return holders.remove(candidate);
    }

    /** Its KV is in host memory now. */
    void movedToHost(Candidate candidate) {
        if (paused.remove(candidate)) {
            hosted.add(candidate);
        }
        holders.remove(candidate);
    }

    /** Its KV is gone. */
    void discarded(Candidate candidate) {
        returned(candidate);
        starts(candidate);
    }

    /** Expects overdue tools later. */
    void update(long now) {
        expectLater(paused, now);
        expectLater(hosted, now);
    }

    private static void expectLater(NavigableSet<Candidate> set, long now) {
        while (!set.isEmpty() && set.first().returnsAt <= now) {
            Candidate overdue = set.removeFirst();
            overdue.returnsAt = now + Math.max(SOON, now - overdue.request.stateSinceNanos());
            set.add(overdue);
        }
    }

    /** Whose tools take longest of those paused with KV on the device that come back after an instant. */
    Optional<Candidate> longestPaused(long after, Predicate<Candidate> matches) {
        return lastReturning(paused, after, matches);
    }

    /** Whose tools take longest of those paused with KV in host memory that come back after an instant. */
    Optional<Candidate> longestHosted(long after, Predicate<Candidate> matches) {
        return lastReturning(hosted, after, matches);
    }

    private static Optional<Candidate> lastReturning(NavigableSet<Candidate> set, long after,
            Predicate<Candidate> matches) {
        return set.descendingSet().stream().takeWhile(each -> each.returnsAt > after).filter(matches).findFirst();
    }

    /** The one that fell into the best-effort lane last. */
    Optional<Candidate> latest(Predicate<Candidate> matches) {
        return late.reversed().stream().filter(matches).findFirst();
    }

    /** The waiting request with KV on the device that claims most, if that is more than so much. */
    Optional<Candidate> mostDemandingHolder(double claim, Predicate<Candidate> matches) {
        return holders.descendingSet().stream().takeWhile(each -> each.claim() > claim).filter(matches).findFirst();
    }
}
