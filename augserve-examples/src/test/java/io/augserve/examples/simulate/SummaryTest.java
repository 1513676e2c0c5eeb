package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.simulation.Distribution;
import io.augserve.simulation.RunLabel;
import io.augserve.simulation.RunMetrics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Distribution NOTHING = Distribution.of();

    @Test
    void meansOverSeedsAndRatiosToABaseline() {
        List<Summary> summaries = Summary.of(List.of(run("fcfs", 2, 1, 1.0), run("fcfs", 2, 2, 3.0),
                run("other", 2, 1, 5.0), run("other", 2, 2, 6.0), run("other", 3, 1, 7.0)));
        assertThat(summaries).extracting(Summary::policy).containsExactly("fcfs", "other", "other");
        assertThat(summaries).extracting(Summary::effectiveThroughput).containsExactly(2.0, 5.5, 7.0);
        assertThat(summaries.get(1).ratioTo("fcfs", summaries)).hasValue(2.75);
        assertThat(summaries.get(2).ratioTo("fcfs", summaries)).as("no baseline at this rate").isEmpty();
        assertThat(summaries.get(1).ratioTo("infercept", summaries)).isEmpty();
    }

    @Test
    void runsWithAnotherPredictorAreNotMixedIn() {
        List<Summary> summaries = Summary.of(List.of(run("online", "fcfs", 2, 1, 1.0), run("oracle", "fcfs", 2, 1, 2.0),
                run("oracle", "other", 2, 1, 6.0)));
        assertThat(summaries).extracting(Summary::predictor).containsExactly("online", "oracle", "oracle");
        assertThat(summaries.getLast().ratioTo("fcfs", summaries)).hasValue(3.0);
    }

    @Test
    void noRatioToABaselineThatServesNothing() {
        List<Summary> summaries = Summary.of(List.of(run("fcfs", 2, 1, 0), run("other", 2, 1, 5)));
        assertThat(summaries.get(1).ratioTo("fcfs", summaries)).isEmpty();
    }

    @Test
    void aReplayHasTheRateThatArrived() {
        RunMetrics metrics = metrics(
                new RunLabel("fcfs", "machine", "trace", "online", "trace", OptionalDouble.empty(), 1), 1);
        assertThat(Summary.of(List.of(new Run(metrics, 1.25, Optional.empty()))).getFirst().arrivalRate())
                .isEqualTo(1.25);
    }

    private static Run run(String policy, double rate, long seed, double effective) {
        return run("online", policy, rate, seed, effective);
    }

    private static Run run(String predictor, String policy, double rate, long seed, double effective) {
        RunLabel label = new RunLabel(policy, "machine", "trace", predictor, "poisson", OptionalDouble.of(rate), seed);
        return new Run(metrics(label, effective), rate, Optional.empty());
    }

    private static RunMetrics metrics(RunLabel label, double effective) {
        return new RunMetrics(label, 10, 10, effective, 1, 1, 1, NOTHING, NOTHING, NOTHING, 1, 1, 0, 0, 0, 0, 0, 0, 1,
                1, 0);
    }
}
