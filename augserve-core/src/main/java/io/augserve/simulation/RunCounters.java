package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

/**
 * What a run counted that belongs to no single request.
 *
 * @param windowNanos length of the time in which requests arrived; positive
 * @param runNanos when the run ended, in virtual time from its beginning; positive, longer than the window if it was
 *         drained
 * @param iterations of the engine; at least 0
 * @param batchTokens tokens over all iterations; at least 0
 * @param kvBlocks capacity of the KV cache on the device, in blocks; at least 1
 * @param pausedBlockSeconds integral over time of the device blocks held by requests whose tools are out; at least 0
 * @param gaps of all requests; not to be changed any more
 * @param wallSeconds real time that the simulation took; at least 0
 */
public record RunCounters(long windowNanos, long runNanos, long iterations, long batchTokens, int kvBlocks,
        double pausedBlockSeconds, GapHistogram gaps, double wallSeconds) {
    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public RunCounters {
        Require.atLeast("windowNanos", windowNanos, 1);
        Require.atLeast("runNanos", runNanos, 1);
        Require.atLeast("iterations", iterations, 0);
        Require.atLeast("batchTokens", batchTokens, 0);
        Require.atLeast("kvBlocks", kvBlocks, 1);
        Require.notNegative("pausedBlockSeconds", pausedBlockSeconds);
        requireNonNull(gaps, "gaps");
        Require.notNegative("wallSeconds", wallSeconds);
    }
}
