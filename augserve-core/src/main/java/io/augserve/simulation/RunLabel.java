package io.augserve.simulation;

import java.util.OptionalDouble;

/**
 * Which run of an experiment it was.
 *
 * @param policy the scheduler's name
 * @param profile the hardware profile's name
 * @param trace the name of the trace or synthetic workload
 * @param predictor where estimates came from; see {@link Prediction}
 * @param arrivals how requests came, such as {@code poisson}
 * @param rate arrivals per second that were asked for; empty for a replay
 * @param seed of everything random
 */
public record RunLabel(String policy, String profile, String trace, String predictor, String arrivals,
        OptionalDouble rate, long seed) {
    /**
     * @throws IllegalArgumentException if a name is blank or the rate is not positive
     */
    public RunLabel {
        Require.notBlank("policy", policy);
        Require.notBlank("profile", profile);
        Require.notBlank("trace", trace);
        Require.notBlank("predictor", predictor);
        Require.notBlank("arrivals", arrivals);
        if (rate.isPresent()) {
            Require.positive("rate", rate.getAsDouble());
        }
    }
}
