package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real time, so only counts are looked at. */
@Timeout(60)
class LiveReplayTest {
    private static final Duration WINDOW = Duration.ofMillis(50);
    private static final Duration AMPLE = Duration.ofSeconds(50);

    private final CountingEngine engine = new CountingEngine();
    private final LiveReplay replay = new LiveReplay(engine,
            HardwareProfile.builtin("llama3.1-8b@rtx4090").orElseThrow().machine(),
            ServiceLevel.DEFAULT);

    private static TraceRequest arriving(String id, double seconds, int prompt, TraceSegment... segments) {
        return new TraceRequest(id, "test", Optional.empty(), OptionalDouble.of(seconds), prompt, List.of(segments),
                Optional.empty(), 0);
    }

    private static final Workload TWO = Workload.replay(List.of(
            arriving("a", 0, 20, TraceSegment.calling(3, "search", 0.002, 5), TraceSegment.calling(2, "search", 0, 0),
                    TraceSegment.last(4)),
            arriving("b", 0.01, 30, TraceSegment.last(6))));

    @ParameterizedTest
    @ValueSource(strings = {"fcfs", "infercept", "augserve", "goodput"})
    void everyRequestEndsWithTheLengthsOfItsScript(String policy) throws InterruptedException {
        Simulation.Result result = replay.run(TWO, policy, WINDOW, AMPLE);
        assertThat(result.outcomes()).allMatch(RequestOutcome::finished);
        assertThat(result.outcomes()).extracting(RequestOutcome::outputTokens).containsExactly(9, 6);
        // Every known token is computed but the last one: 20 + 9 + 5 - 1 and 30 + 6 - 1.
        assertThat(engine.tokens()).isEqualTo(33 + 35);
        assertThat(result.counters().batchTokens()).isEqualTo(68);
        assertThat(result.outcomes().getFirst().toolNanos()).isGreaterThanOrEqualTo(2_000_000);
        assertThat(result.outcomes().getLast().toolNanos()).isZero();
        assertThat(engine.isClosed).isFalse();
        assertThat(engine.kvCache().free()).isEqualTo(engine.kvCache().capacity());
    }

    @Test
    void whatIsNotDoneAtTheLimitCountsAsItStands() throws InterruptedException {
        Workload endless = Workload.replay(List.of(
                arriving("a", 0, 20, TraceSegment.calling(3, "search", 1000, 5), TraceSegment.last(4)),
                arriving("late", 2000, 20, TraceSegment.last(4))));
        Simulation.Result result = replay.run(endless, "fcfs", WINDOW, Duration.ofMillis(200));
        assertThat(result.outcomes()).hasSize(1).noneMatch(RequestOutcome::finished);
        assertThat(engine.kvCache().free()).isEqualTo(engine.kvCache().capacity());
    }

    @Test
    void aBrokenEngineIsAFailureOfTheRun() {
        engine.isBroken = true;
        assertThatThrownBy(() -> replay.run(TWO, "fcfs", WINDOW, AMPLE)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a replayed request failed: ");
    }

    @Test
    void aRequestThatDoesNotFitIsNamed() {
        Workload large = Workload.replay(List.of(arriving("large", 0, 510, TraceSegment.last(3))));
        assertThatThrownBy(() -> replay.run(large, "fcfs", WINDOW, AMPLE)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("request large, tokens in all: expected <= 512, got 513");
    }
}
