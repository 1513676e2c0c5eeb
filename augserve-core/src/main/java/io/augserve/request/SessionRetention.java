package io.augserve.request;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a server keeps what it has computed of a turn that ended in calls which the caller runs ({@link FinishReason#TOOL_CALLS}), for the
 * request that will follow with their results. The turn is <em>parked</em>: to the scheduler it is a request whose tools are out, whose KV
 * is kept, swapped or given up like that of any other. Nothing but time and memory depends on it, and on the follow-up's coming.
 *
 * <p>The KV is kept no longer than {@code patience} times what the calls are expected to take, within {@code shortest} and
 * {@code longest}. Then it is given up; the turn is remembered up to {@code longest}, so that who comes later still tells how long the calls
 * took.
 *
 * @param maxTurns parked at once; the one that has been parked longest is forgotten for another one; 0 parks none
 * @param patience factor on the expected duration; at least 1
 * @param shortest time for which KV is kept; not negative
 * @param longest time for which a turn is parked; at least {@code shortest}
 */
public record SessionRetention(int maxTurns, double patience, Duration shortest, Duration longest) {
    // Before the constants below, whose construction uses it.
    private static final Duration MOST = Duration.ofDays(36_500);

    /** 1,000 turns, four times the expected duration, from one second to ten minutes. */
    public static final SessionRetention DEFAULT = new SessionRetention(1_000, 4, Duration.ofSeconds(1),
            Duration.ofMinutes(10));

    /** No turn is parked. */
    public static final SessionRetention OFF = new SessionRetention(0, 1, Duration.ZERO, Duration.ZERO);

    /**
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public SessionRetention {
        requireNonNull(shortest, "shortest");
        requireNonNull(longest, "longest");
        if (maxTurns < 0) {
            throw new IllegalArgumentException("maxTurns: expected >= 0, got " + maxTurns);
        }
        if (!(patience >= 1)) {
            throw new IllegalArgumentException("patience: expected >= 1, got " + patience);
        }
        if (shortest.isNegative() || longest.compareTo(shortest) < 0 || longest.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "expected 0 <= shortest <= longest <= 36500 days, got " + shortest + " and "
                            + longest);
        }
    }

    /** The same with another number of parked turns. */
    public SessionRetention withMaxTurns(int value) {
        return new SessionRetention(value, patience, shortest, longest);
    }

    /** The same with another factor on the expected duration. */
    public SessionRetention withPatience(double value) {
        return new SessionRetention(maxTurns, value, shortest, longest);
    }

    /** The same with other bounds on the time. */
    public SessionRetention withTime(Duration newShortest, Duration newLongest) {
        return new SessionRetention(maxTurns, patience, newShortest, newLongest);
    }
}
