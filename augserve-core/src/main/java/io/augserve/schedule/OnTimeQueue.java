package io.augserve.schedule;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Waiting requests that can still meet their objective, by demand; those whose latest start has passed fall out. */
final class OnTimeQueue {
    private final WaitingRanks ranks = new WaitingRanks();
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>(Comparator.comparingLong(Expiry::nanos));

    /** An expiry is outdated if its candidate does not wait on time until this instant any more. */
    private record Expiry(long nanos, Candidate candidate) {}

    void add(Candidate candidate) {
        ranks.add(candidate.request, -candidate.demand, 0);
        expiries.add(new Expiry(candidate.latestStart, candidate));
    }

    /** Does nothing if the candidate is not here. */
    void remove(Candidate candidate) {
        ranks.remove(candidate.request);
    }

    /** Takes out those that are late now. */
    void expire(long now, Consumer<Candidate> late) {
        for (Expiry next = expiries.peek(); next != null && next.nanos() < now; next = expiries.peek()) {
            expiries.remove();
            Candidate candidate = next.candidate();
            if (candidate.waits && !candidate.late && candidate.latestStart == next.nanos()) {
                ranks.remove(candidate.request);
                late.accept(candidate);
            }
        }
    }

    /** The least demanding ones, at most so many. */
    Candidate[] best(int most, LongFunction<Candidate> byId) {
        WaitingRanks.Ranked[] best = ranks.best(0, most);
        Candidate[] candidates = new Candidate[best.length];
        for (int i = 0; i < best.length; i++) {
            candidates[i] = byId.apply(best[i].request().id());
        }
        return candidates;
    }
}
