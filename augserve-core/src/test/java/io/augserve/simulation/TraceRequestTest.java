package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TraceRequestTest {
    private static final TraceSegment CALL = TraceSegment.calling(30, "search", 0.5, 7);
    private static final TraceSegment LAST = TraceSegment.last(12);

    @Test
    void addsUp() {
        TraceRequest request = TraceRequest.of("r1", "qa", 100, List.of(CALL, CALL, LAST));
        assertThat(request.calls()).isEqualTo(2);
        assertThat(request.outputTokens()).isEqualTo(72);
        assertThat(request.finalContext()).isEqualTo(186);
        assertThat(request.toolSeconds()).isEqualTo(1.0);
        assertThat(LAST.returnedTokens()).isZero();
    }

    @Test
    void endsWithASegmentWithoutACallAndHasOneOnlyThere() {
        assertThatThrownBy(() -> TraceRequest.of("r1", "qa", 1, List.of(CALL, CALL)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("request r1, segments[1]: expected no call, since it is the last one");
        assertThatThrownBy(() -> TraceRequest.of("r1", "qa", 1, List.of(LAST, LAST)))
                .hasMessage("request r1, segments[0]: expected a call, since it is not the last one");
        assertThatThrownBy(() -> TraceRequest.of("r1", "qa", 1, List.of()))
                .hasMessage("request r1, number of segments: expected >= 1, got 0");
    }

    @Test
    void namesTheFieldThatIsOutOfRange() {
        assertThatThrownBy(() -> TraceSegment.last(0)).hasMessage("outputTokens: expected >= 1, got 0");
        assertThatThrownBy(() -> TraceSegment.calling(1, "x", -0.1, 0))
                .hasMessage("seconds: expected >= 0 and finite, got -0.1");
        assertThatThrownBy(() -> TraceSegment.calling(1, "x", 0, -2))
                .hasMessage("returnedTokens: expected >= 0, got -2");
        assertThatThrownBy(() -> TraceSegment.calling(1, " ", 0, 0)).hasMessage("tool: expected a name, got ' '");
        assertThatThrownBy(() -> TraceRequest.of("", "qa", 1, List.of(LAST))).hasMessage("id: expected a name, got ''");
        assertThatThrownBy(() -> TraceRequest.of("r1", "qa", 0, List.of(LAST)))
                .hasMessage("request r1, promptTokens: expected >= 1, got 0");
        assertThatThrownBy(() -> new TraceRequest("r1", "qa", Optional.empty(), OptionalDouble.of(Double.NaN), 1,
                List.of(LAST), Optional.empty(), 0))
                .hasMessage("request r1, arrivalSeconds: expected >= 0 and finite, got NaN");
    }

    @Test
    void refusesTotalsBeyondAnInt() {
        TraceSegment huge = TraceSegment.last(Integer.MAX_VALUE);
        assertThatThrownBy(() -> TraceRequest.of("r1", "qa", 1, List.of(huge)))
                .hasMessage("request r1: expected at most 2147483647 tokens in all, got 2147483648");
    }
}
