package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.simulation.Workload.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final List<TraceRequest> TRACE = IntStream.range(0, 5)
            .mapToObj(i -> TraceRequest.of("r" + i, "qa", 10 + i, List.of(TraceSegment.last(1)))).toList();
    private static final Duration RUN = Duration.ofSeconds(600);

    private static TraceRequest at(String id, double seconds) {
        return new TraceRequest(id, "qa", Optional.empty(), OptionalDouble.of(seconds), 1,
                List.of(TraceSegment.last(1)), Optional.empty(), 0);
    }

    @Test
    void drawsWithReplacementEvenlyAndNamesEachDrawing() {
        List<Submission> submissions = Workload.drawn(TRACE, Arrivals.poisson(20), RUN, 1).submissions();
        assertThat(submissions).hasSizeBetween(11_500, 12_500);
        assertThat(submissions.stream().map(Submission::id)).doesNotHaveDuplicates();
        assertThat(submissions.stream().map(Submission::arrivalNanos).toList()).isSorted();
        for (TraceRequest request : TRACE) {
            long times = submissions.stream().filter(s -> s.request().equals(request)).count();
            assertThat(times / (double) submissions.size()).isBetween(0.18, 0.22);
        }
    }

    @Test
    void aSeedGivesTheSameWorkloadAndTheSameRequestsAtAnotherRate() {
        Workload slow = Workload.drawn(TRACE, Arrivals.poisson(2), RUN, 3);
        assertThat(Workload.drawn(TRACE, Arrivals.poisson(2), RUN, 3)).isEqualTo(slow);
        assertThat(Workload.drawn(TRACE, Arrivals.poisson(2), RUN, 4)).isNotEqualTo(slow);
        List<TraceRequest> slowOnes = slow.submissions().stream().map(Submission::request).toList();
        assertThat(Workload.drawn(TRACE, Arrivals.poisson(6), RUN, 3).submissions().stream().map(Submission::request))
                .startsWith(slowOnes.toArray(TraceRequest[]::new));
    }

    @Test
    void replaysInTheOrderOfArrival() {
        List<Submission> submissions = Workload.replay(List.of(at("b", 2.5), at("a", 0), at("c", 2.5))).submissions();
        assertThat(submissions).extracting(s -> s.request().id()).containsExactly("a", "b", "c");
        assertThat(submissions).extracting(Submission::arrivalNanos).containsExactly(0L, 2_500_000_000L,
                2_500_000_000L);
        assertThat(submissions).extracting(Submission::id).containsExactly(0L, 1L, 2L);
    }

    @Test
    void refusesWhatCannotBeServed() {
        assertThatThrownBy(() -> Workload.drawn(List.of(), Arrivals.poisson(1), RUN, 1))
                .hasMessage("requests in the trace: expected >= 1, got 0");
        assertThatThrownBy(() -> Workload.replay(TRACE))
                .hasMessage("request r0, arrivalSeconds: expected a time to replay at, got none");
        Submission early = new Submission(0, 5, TRACE.get(0));
        Submission earlier = new Submission(1, 4, TRACE.get(0));
        assertThatThrownBy(() -> new Workload(List.of(early, earlier)))
                .hasMessage("submissions[1].arrivalNanos: expected >= 5, got 4");
        assertThatThrownBy(() -> new Workload(List.of(early, early)))
                .hasMessage("submissions[1].id: expected >= 1, got 0");
    }
}
