package io.augserve.examples.simulate;

import java.util.function.DoublePredicate;

/**
 * Finds the highest rate at which something still holds, given that it holds below some rate and not above. From 1/s the rate is
 * doubled while it holds or halved while it does not, which brackets that rate within a factor of two; then the bracket is cut at
 * its middle until its ends are within 2 percent of each other. Attainment under random arrivals does not fall with the rate
 * without exception, so near the limit another pair of rates might also be found; more seeds narrow that.
 */
final class RateSearch {
    static final double LOWEST = 1.0 / 64;
    private static final double PRECISION = 1.02;

    private RateSearch() {}

    /**
     * Searches.
     *
     * @param highest no rate above it is tried; at least 1
     * @param holds asked about one rate after the other
     * @return requests per second: the highest rate tried at which it holds, or 0 if it does not even hold at {@link #LOWEST}
     */
    static double highest(double highest, DoublePredicate holds) {
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double rate = 1;
        while (low == 0 || high == Double.POSITIVE_INFINITY) {
            if (rate < LOWEST || rate > highest) {
                return low;
            }
            if (holds.test(rate)) {
                low = rate;
                rate *= 2;
            } else {
                high = rate;
                rate /= 2;
            }
        }
        while (high / low > PRECISION) {
            double middle = (low + high) / 2;
            if (holds.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
