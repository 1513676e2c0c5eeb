package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Arrivals and pauses on a clock that is moved by hand. */
class ScriptedCallersTest {
    private static final Workload WORKLOAD = Workload.replay(List.of(arriving("a", 1), arriving("b", 3)));

    private final VirtualClock clock = new VirtualClock();
    private final RequestRecords records = new RequestRecords(clock, WORKLOAD);
    private final List<GenerationRequest> submitted = new ArrayList<>();
    private final CompletableFuture<GenerationResult> end = new CompletableFuture<>();
    private int ended;

    private static TraceRequest arriving(String id, double seconds) {
        return new TraceRequest(id, "test", Optional.empty(), OptionalDouble.of(seconds), 4,
                List.of(TraceSegment.calling(2, "search", 5, 7), TraceSegment.last(1)), Optional.empty(), 0);
    }

    /** A generation whose end is in the test's hands. */
    private final class Open implements Generation {
        @Override
        public String id() {
            return "open";
        }

        @Override
        public Flow.Publisher<GenerationEvent> events() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<GenerationResult> result() {
            return end;
        }

        @Override
        public void cancel() {}
    }

    private ScriptedCallers callers() {
        ScriptedCallers callers = new ScriptedCallers(clock, records, request -> {
            submitted.add(request);
            return new Open();
        }, () -> ended++);
        callers.expect(WORKLOAD);
        return callers;
    }

    private void passUntil(double seconds) {
        clock.advance(Math.round(seconds * 1e9) - clock.nanos());
        clock.runDue();
    }

    @Test
    void requestsComeWhenTheyArrive() {
        callers();
        passUntil(0.999);
        assertThat(submitted).isEmpty();
        passUntil(1);
        assertThat(submitted).extracting(GenerationRequest::id).containsExactly(Optional.of("a#0"));
        passUntil(3);
        assertThat(submitted).hasSize(2);
    }

    @Test
    void aCallTakesItsTimeAndReturnsItsTokens() throws Exception {
        callers();
        passUntil(1);
        CompletableFuture<ToolResult> result = submitted.getFirst().tools().orElseThrow().getFirst().handler()
                .call(new ToolCall("call_0_0", "search", "{}"), null).toCompletableFuture();
        passUntil(5.999);
        assertThat(result).isNotDone();
        passUntil(6);
        assertThat(new ScriptFormat(List.of("search")).encodeToolResults(List.of(result.join())))
                .containsOnly(ScriptTokens.result(1)).hasSize(7);
        passUntil(8);
        assertThat(records.outcomes().getFirst().toolNanos()).isEqualTo(5_000_000_000L);
    }

    @Test
    void aFailureIsTold() {
        ScriptedCallers callers = callers();
        passUntil(1);
        IllegalStateException problem = new IllegalStateException("broken");
        end.completeExceptionally(problem);
        assertThat(callers.failure()).containsSame(problem);
        assertThat(ended).isOne();
    }

    /** The server is closed then, and says so. */
    @Test
    void aFailureAfterTheRunIsNone() {
        ScriptedCallers callers = callers();
        passUntil(1);
        records.close();
        end.completeExceptionally(new IllegalStateException("closed"));
        assertThat(callers.failure()).isEmpty();
    }

    @Test
    void nothingIsRecordedAfterTheEnd() {
        callers();
        passUntil(1);
        records.close();
        records.sampled(0, 1);
        assertThat(records.outcomes().getFirst().outputTokens()).isZero();
        assertThat(records.counters(1, 1, 0, 0).runNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aRefusalIsAFailure() {
        ScriptedCallers callers = new ScriptedCallers(clock, records, request -> {
            throw new IllegalStateException("refused");
        }, () -> ended++);
        callers.expect(WORKLOAD);
        assertThatThrownBy(() -> passUntil(1)).hasMessage("refused");
        assertThat(callers.failure()).isPresent();
    }
}
