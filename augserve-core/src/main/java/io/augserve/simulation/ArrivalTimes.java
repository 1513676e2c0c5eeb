package io.augserve.simulation;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/** Adds gaps up to arrival times. */
final class ArrivalTimes {
    private static final double MOST = 10_000_000;
    private static final double NANOS = 1e9;

    private ArrivalTimes() {}

    /**
     * @param rate mean arrivals per second, for the limit and the first allocation
     * @param gaps seconds, at least 0
     */
    static long[] within(Duration within, double rate, DoubleSupplier gaps) {
        double seconds = within.toSeconds() + within.toNanosPart() / NANOS;
        Require.positive("within, in seconds", seconds);
        double expected = rate * seconds;
        if (!(expected < MOST)) {
            throw new IllegalArgumentException(
                    "arrivals: expected fewer than " + (long) MOST + ", got a rate of " + rate
                            + " per second over " + seconds + " s");
        }
        long end = within.toNanos();
        long[] times = new long[(int) (expected * 1.1) + 16];
        int count = 0;
        // In seconds rather than rounded nanoseconds, so that rounding does not add up.
        double clock = gaps.getAsDouble();
        while (clock * NANOS < end) {
            if (count == times.length) {
                times = Arrays.copyOf(times, count + (count >> 1));
            }
            times[count++] = (long) (clock * NANOS);
            clock += gaps.getAsDouble();
        }
        return Arrays.copyOf(times, count);
    }
}
