package io.augserve.simulation;

import java.util.random.RandomGenerator;

/** A random quantity: tokens or seconds. Implementations keep no state. */
@FunctionalInterface
interface Draw {
    double sample(RandomGenerator random);

    /** The sample as a count of tokens, at least {@code least}. */
    default int tokens(RandomGenerator random, int least) {
        return Math.max(least, (int) Math.round(sample(random)));
    }

    static Draw constant(double value) {
        return random -> value;
    }

    /** Normal, what falls below zero counting as zero. */
    static Draw normal(double mean, double deviation) {
        return random -> Math.max(0, mean + deviation * random.nextGaussian());
    }

    /** Log-normal with the given mean and standard deviation of the quantity itself. */
    static Draw logNormal(double mean, double deviation) {
        double variation = deviation / mean;
        double variance = StrictMath.log(1 + variation * variation);
        double location = StrictMath.log(mean) - variance / 2;
        double scale = Math.sqrt(variance);
        return random -> StrictMath.exp(location + scale * random.nextGaussian());
    }

    /** Log-normal with the given median and standard deviation of its logarithm. */
    static Draw logNormalAround(double median, double logDeviation) {
        return random -> median * StrictMath.exp(logDeviation * random.nextGaussian());
    }

    /** One or the other, evenly. */
    static Draw either(Draw one, Draw other) {
        return random -> (random.nextBoolean() ? one : other).sample(random);
    }

    /** This, what exceeds {@code most} counting as {@code most}. */
    default Draw atMost(double most) {
        return random -> Math.min(most, sample(random));
    }
}
