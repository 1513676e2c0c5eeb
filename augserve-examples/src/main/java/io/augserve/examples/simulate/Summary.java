package io.augserve.examples.simulate;

import io.augserve.simulation.RunLabel;
import io.augserve.simulation.RunMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The runs of a policy on a profile with a predictor at a rate, which differ only in their seed; figures are means over the seeds.
 *
 * @param profile the machine's name
 * @param predictor the predictor's name
 * @param policy the policy's name
 * @param rate that was asked for; empty for a replay
 * @param runs at least one
 */
record Summary(String profile, String predictor, String policy, OptionalDouble rate, List<Run> runs) {
    /** The policies that others are compared with, where they take part. */
    static final List<String> BASELINES = List.of("fcfs", "infercept");

    /** Groups runs, in the order of their first ones. */
    static List<Summary> of(List<Run> runs) {
        Map<Summary, List<Run>> groups = new LinkedHashMap<>();
        for (Run run : runs) {
            RunLabel label = run.metrics().label();
            Summary key = new Summary(label.profile(), label.predictor(), label.policy(), label.rate(), List.of());
            groups.computeIfAbsent(key, missing -> new ArrayList<>()).add(run);
        }
        return groups.entrySet().stream().map(entry -> entry.getKey().withRuns(entry.getValue())).toList();
    }

    private Summary withRuns(List<Run> all) {
        return new Summary(profile, predictor, policy, rate, List.copyOf(all));
    }

    double mean(ToDoubleFunction<RunMetrics> value) {
        return runs.stream().mapToDouble(run -> value.applyAsDouble(run.metrics())).average().orElseThrow();
    }

    double effectiveThroughput() {
        return mean(RunMetrics::effectiveThroughput);
    }

    double ttftMean() {
        return mean(metrics -> metrics.ttft().mean());
    }

    /** The rate that was asked for, or what arrived in a replay; per second. */
    double arrivalRate() {
        return rate.orElseGet(() -> runs.stream().mapToDouble(Run::arrivalRate).average().orElseThrow());
    }

    /**
     * Effective throughput over that of a baseline on the same machine with the same predictor under the same load; empty if there is none, or it is 0.
     *
     * @param all among them the baseline
     */
    OptionalDouble ratioTo(String baseline, List<Summary> all) {
        return all.stream()
                .filter(other -> other.policy.equals(baseline) && other.profile.equals(profile)
                        && other.predictor.equals(predictor)
                        && other.rate.equals(rate) && other.effectiveThroughput() > 0)
                .mapToDouble(other -> effectiveThroughput() / other.effectiveThroughput()).findFirst();
    }
}
