package io.augserve.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When requests arrive. Stock implementations are immutable. */
@FunctionalInterface
public interface Arrivals {
    /**
     * Draws the arrivals of one run.
     *
     * @param within length of the run; positive
     * @param random the only source of randomness
     * @return nanoseconds since the beginning of the run, ascending, each in [0, within)
     * @throws IllegalArgumentException if the length is not positive, or about 10 million arrivals or more are to be
     *         expected
     */
    long[] draw(Duration within, RandomGenerator random);

    /**
     * A Poisson process: gaps are exponential, coefficient of variation 1.
     *
     * @param rate arrivals per second; positive
     * @throws IllegalArgumentException if the rate is not positive and finite
     */
    static Arrivals poisson(double rate) {
        return new RenewalArrivals(rate, random -> -StrictMath.log(1 - random.nextDouble()));
    }

    /**
     * Gaps from a Gamma distribution: bursts for a coefficient of variation above 1, even spacing towards 0, and
     * {@link #poisson} in distribution at 1.
     *
     * @param rate arrivals per second; positive
     * @param cv standard deviation of the gaps over their mean, in (0, 100]
     * @throws IllegalArgumentException if an argument is out of its range
     */
    static Arrivals gamma(double rate, double cv) {
        if (!(cv > 0 && cv <= RenewalArrivals.MAX_CV)) {
            throw new IllegalArgumentException("cv: expected in (0, " + RenewalArrivals.MAX_CV + "], got " + cv);
        }
        GammaDistribution unitMean = GammaDistribution.withMeanAndVariation(1, cv);
        return new RenewalArrivals(rate, unitMean::sample);
    }

    /**
     * Recorded gaps as they are, in their order. A run begins at a random gap, and the first follows the last, so that
     * every seed sees another part of the recording.
     *
     * @param seconds gaps between successive arrivals; at least one, each at least 0 and finite, one of them positive
     * @throws IllegalArgumentException if there is no gap, or one is negative, or all are zero
     */
    static Arrivals fromGaps(double[] seconds) {
        return new RecordedArrivals(seconds);
    }

    /**
     * Recorded gaps as in {@link #fromGaps(double[])}, all scaled by one factor so that they come at another mean rate.
     *
     * @param seconds as above
     * @param rate arrivals per second; positive
     * @throws IllegalArgumentException as above, and if the rate is not positive and finite
     */
    static Arrivals fromGaps(double[] seconds, double rate) {
        return new RecordedArrivals(seconds).atRate(rate);
    }
}
