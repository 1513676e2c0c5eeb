package io.augserve.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Independent gaps of one distribution.
 *
 * @param rate arrivals per second
 * @param unitGap gaps with mean 1, scaled by the rate: one seed gives the same pattern at every rate
 */
record RenewalArrivals(double rate, Draw unitGap) implements Arrivals {
    /** Beyond it a run is a few bursts of thousands at the same instant. */
    static final int MAX_CV = 100;

    RenewalArrivals {
        Require.positive("rate", rate);
    }

    @Override
    public long[] draw(Duration within, RandomGenerator random) {
        return ArrivalTimes.within(within, rate, () -> unitGap.sample(random) / rate);
    }
}
