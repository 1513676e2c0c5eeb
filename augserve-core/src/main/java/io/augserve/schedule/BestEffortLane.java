package io.augserve.schedule;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Waiting requests that can not meet their objective any more. They run in what the others leave, and in a guaranteed share of the
 * machine: a second of serving earns the lane that share of a machine-second, which the steps of its requests use up, so that nobody
 * starves. First come, first served, in two queues: of {@value #ROUND} requests that begin, all but one have no token yet, for a first token
 * ends the worst of the waiting, and one goes on. A request gives its place to the next one after a turn of tokens, if it can come back
 * without being recomputed (multi-level feedback as in Autellix, arXiv 2502.13965).
 *
 * <p>Nobody who falls in later overtakes within a queue. So a request waits at most {@code 3 * W / share} seconds here, W being the
 * machine-seconds of the turns queued before its own; under lasting overload W grows with the backlog, as it must in any order that does
 * not turn requests away.
 */
final class BestEffortLane {
    private static final int FIRST_TURN = 8;
    private static final int LATER_TURN = 128;
    /** Of so many requests that begin, one has had a token before. */
    private static final int ROUND = 3;
    /** Credit in machine-seconds neither grows beyond a second, nor does debt. */
    private static final double MOST = 1;

    private final SequencedSet<Candidate> unserved = new LinkedHashSet<>();
    private final SequencedSet<Candidate> others = new LinkedHashSet<>();
    private final double share;
    private double credit;
    private int begun;

    /**
     * @param share guaranteed, of the machine; in (0, 1)
     */
    BestEffortLane(double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("share: expected in (0, 1), got " + share);
        }
        this.share = share;
    }

    void add(Candidate candidate) {
        (candidate.request.outputTokens() == 0 ? unserved : others).addLast(candidate);
    }

    /** Does nothing if the candidate is not here. */
    void remove(Candidate candidate) {
        unserved.remove(candidate);
        others.remove(candidate);
    }

    boolean isEmpty() {
        return unserved.isEmpty() && others.isEmpty();
    }

    /** Whose turn it is. */
    Optional<Candidate> next() {
        if (isEmpty()) {
            return Optional.empty();
        }
        boolean goesOn = unserved.isEmpty() || (begun % ROUND == ROUND - 1 && !others.isEmpty());
        return Optional.of((goesOn ? others : unserved).getFirst());
    }

    /** It runs now. */
    void begins(Candidate candidate) {
        remove(candidate);
        begun++;
    }

    /** Whether a running request of this lane has had its turn. */
    static boolean hadItsTurn(Candidate candidate) {
        int turn = candidate.visitedAt == 0 ? FIRST_TURN : LATER_TURN;
        return candidate.request.outputTokens() - candidate.visitedAt >= turn;
    }

    void earn(double seconds) {
        credit = Math.min(MOST, credit + share * seconds);
    }

    void spend(double machineSeconds) {
        credit = Math.max(-MOST, credit - machineSeconds);
    }

    boolean hasCredit() {
        return credit > 0;
    }
}
