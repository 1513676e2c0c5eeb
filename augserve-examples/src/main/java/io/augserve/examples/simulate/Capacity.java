package io.augserve.examples.simulate;

import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.Prediction;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests per second a policy can be given on a machine.
 *
 * @param profile the machine's name
 * @param predictor the predictor's name
 * @param policy the policy's name
 * @param rate the highest at which the wanted share of requests meets its objective; 0 if there is none
 * @param runs all that the search made, by ascending rate
 */
record Capacity(String profile, String predictor, String policy, double rate, List<Run> runs) {
    private static final double HIGHEST_RATE = 1_024;

    /** Makes one run of a search. */
    interface Runner {
        Run run(double rate, long seed);
    }

    /**
     * Searches; the share is the mean over the seeds.
     *
     * @param share of requests, in (0, 1)
     * @param runner makes the runs
     */
    static Capacity find(Scenario scenario, HardwareProfile profile, Prediction prediction, String policy,
            double share, Runner runner) {
        List<Run> runs = new ArrayList<>();
        double most = Math.max(1, Math.min(HIGHEST_RATE, Scenario.MAX_ARRIVALS / Seconds.of(scenario.duration()) / 2));
        double rate = RateSearch.highest(most, candidate -> {
            double sum = 0;
            for (long seed : scenario.seeds()) {
                Run run = runner.run(candidate, seed);
                runs.add(run);
                sum += run.metrics().sloAttainment();
            }
            return sum / scenario.seeds().size() >= share;
        });
        // Stable: runs of a rate stay in the order of the seeds.
        List<Run> sorted = runs.stream().map(run -> isAt(run, rate) ? run : run.withoutDetail())
                .sorted((one, other) -> Double.compare(offered(one), offered(other))).toList();
        return new Capacity(profile.name(), prediction.name(), policy, rate, sorted);
    }

    /** Whether no rate is known at which it does not hold: it held at the highest one tried. */
    boolean isOpen() {
        return rate > 0 && isAt(runs.getLast(), rate);
    }

    private static boolean isAt(Run run, double rate) {
        return offered(run) == rate;
    }

    private static double offered(Run run) {
        return run.metrics().label().rate().orElseThrow();
    }
}
