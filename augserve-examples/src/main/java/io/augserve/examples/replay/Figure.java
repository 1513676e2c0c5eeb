package io.augserve.examples.replay;

import io.augserve.simulation.RunMetrics;
import java.util.OptionalDouble;

/** A figure by which live and simulated policies are compared. */
enum Figure {
    EFFECTIVE_THROUGHPUT("eff/s"), ATTAINMENT("SLO"), TTFT("TTFT"), NORMALIZED_LATENCY("s/tok");

    private final String title;

    Figure(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    double of(RunMetrics metrics) {
        return switch (this) {
            case EFFECTIVE_THROUGHPUT -> metrics.effectiveThroughput();
            case ATTAINMENT -> metrics.sloAttainment();
            case TTFT -> metrics.ttft().mean();
            case NORMALIZED_LATENCY -> metrics.normalizedLatency().mean();
        };
    }

    /** A policy's figure over the baseline's; empty where the baseline's is 0. */
    OptionalDouble ratio(Origin origin, Pair policy, Pair baseline) {
        double base = of(baseline.of(origin));
        return base > 0 ? OptionalDouble.of(of(policy.of(origin)) / base) : OptionalDouble.empty();
    }

    /**
     * (live policy / live baseline) / (simulated policy / simulated baseline): 1 where the simulator predicts what changing the policy
     * does. Empty where one of the divisors is 0.
     */
    OptionalDouble ratioOfRatios(Pair policy, Pair baseline) {
        OptionalDouble live = ratio(Origin.LIVE, policy, baseline);
        OptionalDouble simulated = ratio(Origin.SIMULATED, policy, baseline);
        return live.isPresent() && simulated.orElse(0) > 0
                ? OptionalDouble.of(live.getAsDouble() / simulated.getAsDouble())
                : OptionalDouble.empty();
    }
}
