package io.augserve.simulation;

/**
 * The gaps between consecutive tokens of the same segment in one request, waits after a preemption included.
 *
 * @param count how many; at least 0
 * @param totalNanos their sum; at least 0
 * @param maxNanos the longest; at most the sum, 0 if there is none
 */
public record GapSummary(int count, long totalNanos, long maxNanos) {
    /** No gap: fewer than two tokens in every segment. */
    public static final GapSummary NONE = new GapSummary(0, 0, 0);

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public GapSummary {
        Require.atLeast("count", count, 0);
        Require.atLeast("maxNanos", maxNanos, 0);
        Require.atLeast("totalNanos", totalNanos, maxNanos);
        if (count == 0 && totalNanos > 0) {
            throw new IllegalArgumentException("totalNanos: expected 0 without gaps, got " + totalNanos);
        }
    }

    /** Mean in nanoseconds; 0 if there is none. */
    public double meanNanos() {
        return count == 0 ? 0 : (double) totalNanos / count;
    }
}
