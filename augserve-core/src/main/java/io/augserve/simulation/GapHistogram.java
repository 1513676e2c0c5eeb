package io.augserve.simulation;

/**
 * Counts durations in log-spaced buckets, for the gaps between tokens: a run has millions of them. Below 128 ns buckets
 * are exact; above, each octave [2^k, 2^(k+1)) is cut into 128 buckets of equal width, and a percentile is the middle
 * of its bucket. So a percentile is off by at most {@value #RELATIVE_ERROR} of its value (half a bucket, 1/256). Count,
 * mean and maximum are exact. 58 KB whatever is recorded. Not thread-safe.
 */
public final class GapHistogram {
    /** Largest relative error of a percentile. */
    public static final double RELATIVE_ERROR = 1.0 / 256;

    private static final double NANOS = 1e9;
    private static final int SUB_BITS = 7;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;
    // Octaves up to that of Long.MAX_VALUE, and the exact buckets before them.
    private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUB_BUCKETS;

    private final long[] counts = new long[BUCKETS];
    private long count;
    private double sumNanos;
    private long maxNanos;

    /** An empty one. */
    public GapHistogram() {}

    /**
     * Counts one duration.
     *
     * @param nanos at least 0
     * @throws IllegalArgumentException if it is negative
     */
    public void record(long nanos) {
        Require.atLeast("nanos", nanos, 0);
        counts[bucket(nanos)]++;
        count++;
        sumNanos += nanos;
        maxNanos = Math.max(maxNanos, nanos);
    }

    /** Adds everything that the other one has counted. */
    public void add(GapHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        sumNanos += other.sumNanos;
        maxNanos = Math.max(maxNanos, other.maxNanos);
    }

    /** How many durations were counted. */
    public long count() {
        return count;
    }

    /** Their mean in nanoseconds; 0 if there are none. */
    public double meanNanos() {
        return count == 0 ? 0 : sumNanos / count;
    }

    /** The longest in nanoseconds; 0 if there is none. */
    public long maxNanos() {
        return maxNanos;
    }

    /**
     * The nearest-rank percentile, see {@link Distribution}.
     *
     * @param percentile in (0, 100]
     * @return nanoseconds, within {@link #RELATIVE_ERROR} of the true one; 0 if nothing was counted
     * @throws IllegalArgumentException if the percentile is out of its range
     */
    public long percentileNanos(double percentile) {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile: expected in (0, 100], got " + percentile);
        }
        long left = Distribution.rank(percentile, count);
        for (int i = 0; i < BUCKETS; i++) {
            left -= counts[i];
            if (left <= 0) {
                return Math.min(middle(i), maxNanos);
            }
        }
        return 0;
    }

    /** Mean and percentiles, in seconds. */
    public Distribution seconds() {
        return new Distribution(meanNanos() / NANOS, percentileNanos(50) / NANOS, percentileNanos(90) / NANOS,
                percentileNanos(99) / NANOS);
    }

    // A value is (128 + i) << shift with i in [0, 128), give or take the bits shifted out.
    // Its bucket is 128 * (shift + 1) + i.
    private static int bucket(long nanos) {
        if (nanos < SUB_BUCKETS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(nanos);
        return (shift << SUB_BITS) + (int) (nanos >>> shift);
    }

    private static long middle(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BITS) - 1;
        long low = (long) (SUB_BUCKETS + (bucket & (SUB_BUCKETS - 1))) << shift;
        return low + (1L << shift) / 2;
    }
}
