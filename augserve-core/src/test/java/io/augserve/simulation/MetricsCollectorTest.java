package io.augserve.simulation;

import static io.augserve.simulation.OutcomeBuilder.arrives;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MetricsCollectorTest {
    private static final RunLabel LABEL = new RunLabel("fcfs", "toy", "mixture", "online", "poisson",
            OptionalDouble.of(3), 7);
    private static final ServiceLevel OBJECTIVE = new ServiceLevel(Duration.ofSeconds(1), Duration.ofMillis(100));
    private static final long RUN = OutcomeBuilder.nanos(100);
    private static final Offset<Double> EXACTLY = within(1e-12);

    private static RunMetrics collect(RequestOutcome... outcomes) {
        GapHistogram gaps = new GapHistogram();
        gaps.record(100);
        // 200 blocks over 100 s, of which paused requests hold 5,000 block-seconds; arrivals for 50 s.
        RunCounters counters = new RunCounters(OutcomeBuilder.nanos(50), RUN, 40, 1000, 200, 5000, gaps, 0.25);
        return MetricsCollector.collect(LABEL, List.of(outcomes), OBJECTIVE, counters);
    }

    private static boolean meets(OutcomeBuilder outcome) {
        return MetricsCollector.meets(outcome.build(), OBJECTIVE, RUN);
    }

    @Test
    void addsUpARun() {
        RunMetrics metrics = collect(
                // 0.5 s to the first token, (22 - 10 - 11) / 20 = 0.05 s per token: met.
                arrives(10).firstToken(10.5).tools(11).tokens(20).finishes(22).waits(0.25).counts(1).build(),
                // 2 s to the first token: missed, though (16 - 10) / 100 = 0.06 s per token.
                arrives(10).firstToken(12).tokens(100).finishes(16).waits(1.5).counts(2).build(),
                // No token: 70 s until the end of the run for both.
                arrives(30).waits(70).build(),
                // Still running: 0.1 s, and (100 - 40 - 55) / 50 = 0.1 s per token, just within.
                arrives(40).firstToken(40.1).tools(55).tokens(50).build());
        assertThat(metrics.label()).isEqualTo(LABEL);
        assertThat(metrics.requests()).isEqualTo(4);
        assertThat(metrics.finished()).isEqualTo(2);
        assertThat(metrics.sloAttainment()).isEqualTo(0.5);
        assertThat(metrics.firstTokenAttainment()).isEqualTo(0.5);
        assertThat(metrics.normalizedLatencyAttainment()).isEqualTo(0.75);
        assertThat(metrics.effectiveThroughput()).isCloseTo(2 / 50.0, EXACTLY);
        assertThat(metrics.ttft()).isEqualTo(Distribution.of(0.5, 2, 70, 0.1));
        assertThat(metrics.ttft().p50()).isEqualTo(0.5);
        assertThat(metrics.ttft().mean()).isCloseTo(72.6 / 4, EXACTLY);
        assertThat(metrics.normalizedLatency()).isEqualTo(Distribution.of(0.05, 0.06, 70, 0.1));
        assertThat(metrics.interToken()).isEqualTo(new Distribution(1e-7, 1e-7, 1e-7, 1e-7));
        assertThat(metrics.requestsPerSecond()).isCloseTo(0.02, EXACTLY);
        assertThat(metrics.outputTokensPerSecond()).isCloseTo(1.7, EXACTLY);
        assertThat(metrics.preemptions()).isEqualTo(3);
        assertThat(metrics.recomputedTokens()).isEqualTo(30);
        assertThat(metrics.swappedTokens()).isEqualTo(300);
        assertThat(metrics.reusedTokens()).isEqualTo(3000);
        assertThat(metrics.pausedKvShare()).isCloseTo(0.25, EXACTLY);
        assertThat(metrics.longestWaitSeconds()).isEqualTo(70);
        assertThat(metrics.iterations()).isEqualTo(40);
        assertThat(metrics.meanBatchTokens()).isEqualTo(25);
        assertThat(metrics.wallSeconds()).isEqualTo(0.25);
    }

    @Test
    void bothClausesMustHoldAndTheLimitsBelongToThem() {
        assertThat(meets(arrives(0).firstToken(1).tokens(10).finishes(1))).isTrue();
        assertThat(meets(arrives(0).firstToken(1.000000001).tokens(100).finishes(2))).isFalse();
        assertThat(meets(arrives(0).firstToken(1).tokens(100).finishes(10))).isTrue();
        assertThat(meets(arrives(0).firstToken(1).tokens(100).finishes(10.000000001))).isFalse();
        assertThat(meets(arrives(0).firstToken(1).tokens(100).tools(5).finishes(15))).isTrue();
    }

    @Test
    void turningARequestAwayNeitherMeetsItsObjectiveNorShortensItsWait() {
        RequestOutcome rejected = arrives(20).leaves(20).build();
        RequestOutcome failed = arrives(20).firstToken(20.1).tokens(40).leaves(21).build();
        RunMetrics metrics = collect(rejected, failed);
        assertThat(metrics.sloAttainment()).isZero();
        assertThat(metrics.firstTokenAttainment()).isZero();
        assertThat(metrics.normalizedLatencyAttainment()).isZero();
        assertThat(metrics.finished()).isZero();
        assertThat(metrics.ttft().p99()).isEqualTo(80);
        assertThat(metrics.normalizedLatency()).isEqualTo(Distribution.of(80, 2));
    }

    @Test
    void aRequestsOwnObjectiveComesFirst() {
        OutcomeBuilder late = arrives(0).firstToken(5).tokens(100).finishes(20);
        assertThat(collect(late.build()).sloAttainment()).isZero();
        ServiceLevel patient = new ServiceLevel(Duration.ofSeconds(5), Duration.ofMillis(200));
        assertThat(collect(late.objective(patient).build()).sloAttainment()).isEqualTo(1);
    }

    @Test
    void anObjectiveOfAnyLengthCanBeCompared() {
        ServiceLevel forever = new ServiceLevel(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(MetricsCollector.meets(arrives(0).firstToken(9).tokens(3).build(), forever, RUN)).isTrue();
    }

    @Test
    void aRunWithoutArrivalsIsAllZeros() {
        RunMetrics metrics = collect();
        assertThat(metrics.sloAttainment()).isZero();
        assertThat(metrics.ttft()).isEqualTo(new Distribution(0, 0, 0, 0));
    }

    @Test
    void reportsEveryValueUnderItsName() {
        assertThat(collect(arrives(0).firstToken(0.5).tokens(10).finishes(1).build()).toMap())
                .containsEntry("policy", "fcfs").containsEntry("predictor", "online")
                .containsEntry("arrivals", "poisson").containsEntry("rate", 3.0).containsEntry("seed", 7L)
                .containsEntry("requests", 1).containsEntry("effective_throughput", 0.02)
                .containsEntry("ttft_mean_s", 0.5).containsEntry("normalized_latency_p99_s", 0.1)
                .containsEntry("itl_p99_s", 1e-7).containsEntry("wall_s", 0.25).hasSize(36);
    }

    @Test
    void refusesOutcomesBeyondTheRun() {
        assertThatThrownBy(() -> collect(arrives(101).build())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "outcome of request 1: expected arrival, first token, end and time in tools within"
                                + " the run of 100000000000 ns");
        assertThatThrownBy(() -> collect(arrives(1).firstToken(2).tokens(1).finishes(100.5).build()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> collect(arrives(90).firstToken(91).tokens(1).tools(11).build()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesOutcomesThatContradictThemselves() {
        assertThatThrownBy(() -> arrives(5).finishes(6).build())
                .hasMessage("outcome of request 1, finished: expected an end and a first token");
        assertThatThrownBy(() -> arrives(5).firstToken(4).tokens(1).build())
                .hasMessage("outcome of request 1, firstTokenNanos: expected >= 5000000000, got 4000000000");
        assertThatThrownBy(() -> arrives(5).tokens(3).build())
                .hasMessage("outcome of request 1, outputTokens: expected 0 without a first token, got 3");
        assertThatThrownBy(() -> arrives(5).firstToken(6).tokens(3).tools(4).finishes(9).build())
                .hasMessage("outcome of request 1, endNanos: expected >= 10000000000, got 9000000000");
        assertThatThrownBy(() -> new GapSummary(0, 5, 1)).hasMessage("totalNanos: expected 0 without gaps, got 5");
        assertThat(new GapSummary(4, 10, 7).meanNanos()).isEqualTo(2.5);
        assertThat(GapSummary.NONE.meanNanos()).isZero();
    }
}
