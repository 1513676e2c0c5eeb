package io.augserve.examples.simulate;

import io.augserve.simulation.Experiment;
import io.augserve.simulation.RequestOutcome;
import io.augserve.simulation.RunMetrics;
import io.augserve.simulation.TimelinePoint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of a run.
 *
 * @param metrics its figures
 * @param arrivalRate requests that really arrived, per second
 * @param detail for the charts of a single run, if it was asked for: many runs with it would not fit into memory
 */
record Run(RunMetrics metrics, double arrivalRate, Optional<Detail> detail) {
    private static final int QUANTILES = 200;

    /**
     * A closer look at a run.
     *
     * @param timeline how the machine was used
     * @param ttft seconds to the first token, ascending: evenly spaced quantiles, the shortest and the longest among them
     */
    record Detail(List<TimelinePoint> timeline, List<Double> ttft) {}

    /** Makes a run. */
    static Run of(Experiment experiment, boolean detailed) {
        Experiment.Report report = experiment.run();
        double seconds = Seconds.of(experiment.duration());
        Optional<Detail> detail = detailed && !report.outcomes().isEmpty()
                ? Optional.of(new Detail(report.timeline(),
                        quantiles(report.outcomes(), experiment.duration().toNanos())))
                : Optional.empty();
        return new Run(report.metrics(), report.metrics().requests() / seconds, detail);
    }

    Run withoutDetail() {
        return new Run(metrics, arrivalRate, Optional.empty());
    }

    /** A request without a first token counts with the time until the end, as in the metrics. */
    private static List<Double> quantiles(List<RequestOutcome> outcomes, long endNanos) {
        double[] sorted = outcomes.stream()
                .mapToDouble(outcome -> (outcome.firstTokenNanos().orElse(endNanos) - outcome.arrivalNanos()) / 1e9)
                .toArray();
        Arrays.sort(sorted);
        Double[] quantiles = new Double[QUANTILES + 1];
        for (int i = 0; i <= QUANTILES; i++) {
            quantiles[i] = sorted[(int) ((long) i * (sorted.length - 1) / QUANTILES)];
        }
        return List.of(quantiles);
    }
}
