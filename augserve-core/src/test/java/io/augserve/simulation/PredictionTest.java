package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.predict.Predictor;
import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import io.augserve.schedule.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictors in a run of the synthetic six-tool mixture. */
class PredictionTest {
    private final HardwareProfile profile = HardwareProfile.builtin("llama3-8b@h100").orElseThrow();
    private final Workload workload = Workload.drawn(
            SyntheticWorkload.builtin("mixture").orElseThrow().generate(400, 1),
            Arrivals.poisson(2), Duration.ofSeconds(600), 3);

    /** Passes on to one predictor and adds up how far its tool times are from the truth. */
    private static final class Judge implements Predictor {
        private final Predictor judged;
        private final Predictor truth;
        private double error;
        private double guessError;
        private int estimates;

        Judge(Predictor judged, Predictor truth) {
            this.judged = judged;
            this.truth = truth;
        }

        @Override
        public SegmentEstimate estimate(RequestFacts request) {
            SegmentEstimate estimate = judged.estimate(request);
            if (!request.toolsOut().isEmpty()) {
                double right = truth.estimate(request).toolSeconds();
                error += Math.abs(estimate.toolSeconds() - right);
                // The mean of all kinds, 12.6 s, is what one would say without looking.
                guessError += Math.abs(12.6 - right);
                estimates++;
            }
            return estimate;
        }

        @Override
        public void segmentEnded(RequestFacts request, boolean calls) {
            judged.segmentEnded(request, calls);
        }

        @Override
        public void toolsReturned(RequestFacts request, double seconds, int returnedTokens) {
            judged.toolsReturned(request, seconds, returnedTokens);
        }
    }

    private Judge judged(Predictor predictor) {
        Judge judge = new Judge(predictor, OraclePredictor.exact(workload));
        new Simulation(profile, workload, Scheduler.fcfs(), BatchPolicy.fixed(2048), judge).run(Duration.ofSeconds(600),
                Duration.ofSeconds(600));
        assertThat(judge.estimates).isGreaterThan(1000);
        return judge;
    }

    @Test
    void theOracleIsRight() {
        assertThat(judged(OraclePredictor.exact(workload)).error).isZero();
    }

    @Test
    void noiseIsAsLargeAsAsked() {
        Judge judge = judged(OraclePredictor.noisy(workload, 0.5, 7));
        // E|N(0, 0.5 v)| = 0.399 v; the mean tool time is 12.6 s.
        assertThat(judge.error / judge.estimates).isBetween(0.25 * 12.6, 0.5 * 12.6);
    }

    /** What every request and segment was first expected to say, under a policy. */
    private Map<String, Double> firstEstimates(Prediction prediction, String policy) {
        Map<String, Double> first = new HashMap<>();
        Predictor predictor = prediction.predictor(workload, 3);
        Policy served = Policies.create(policy, profile.machine()).orElseThrow();
        new Simulation(profile, workload, served.scheduler(), served.batchPolicy(), request -> {
            SegmentEstimate estimate = predictor.estimate(request);
            first.putIfAbsent(request.name() + "/" + request.segment(), estimate.outputTokens());
            return estimate;
        }).run(Duration.ofSeconds(600), Duration.ofHours(2));
        return first;
    }

    @Test
    void everyPolicySeesTheSameErrors() {
        Prediction noisy = Prediction.of("oracle+noise(0.5)");
        Map<String, Double> first = firstEstimates(noisy, "fcfs");
        assertThat(first).hasSizeGreaterThan(4_000).isEqualTo(firstEstimates(noisy, "augserve"))
                .isNotEqualTo(firstEstimates(Prediction.of("oracle"), "fcfs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"online", "oracle", "oracle+noise(0.5)", "oracle+noise(2)", "oracle+noise(0.125)"})
    void namesAreReadBack(String name) {
        assertThat(Prediction.of(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Online", "oracle+noise", "oracle+noise()", "oracle+noise(x)", "oracle+noise(-1)",
            "oracle+noise(101)", "oracle+noise(NaN)", "oracle(0.5)"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> Prediction.of(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected online, oracle or oracle+noise(P) with P from 0 to 100, such as "
                        + "oracle+noise(0.5), got '" + name + "'");
    }

    @Test
    void onlineLearnsToTellKindsAndToolsApart() {
        Judge judge = judged(Predictor.online());
        assertThat(judge.error).isLessThan(0.65 * judge.guessError);
    }
}
