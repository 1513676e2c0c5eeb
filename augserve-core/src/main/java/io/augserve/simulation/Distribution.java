package io.augserve.simulation;

import java.util.Arrays;

/**
 * Mean and percentiles of a quantity. The p-th percentile of n values is their nearest rank: the smallest value that at
 * least p percent of them do not exceed, i.e. the value at position ceil(p * n / 100), from 1, in ascending order. It
 * is always one of the values; nothing is interpolated. All four are 0 if there are no values.
 *
 * @param mean arithmetic mean
 * @param p50 median
 * @param p90 90th percentile
 * @param p99 99th percentile
 */
public record Distribution(double mean, double p50, double p90, double p99) {
    private static final Distribution NONE = new Distribution(0, 0, 0, 0);

    /** Of the given values, which are left as they are. */
    public static Distribution of(double... values) {
        int n = values.length;
        if (n == 0) {
            return NONE;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Distribution(mean(sorted), sorted[(int) rank(50, n) - 1], sorted[(int) rank(90, n) - 1],
                sorted[(int) rank(99, n) - 1]);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Position, from 1, of a percentile in (0, 100] among n values in ascending order. */
    static long rank(double percentile, long n) {
        return Math.max(1, (long) Math.ceil(percentile * n / 100));
    }
}
