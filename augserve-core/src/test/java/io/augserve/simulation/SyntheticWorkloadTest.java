package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyntheticWorkloadTest {
    private static final int MANY = 40_000;

    private static List<TraceRequest> generate(String name, int count) {
        return SyntheticWorkload.builtin(name).orElseThrow().generate(count, 2026);
    }

    private static double mean(List<TraceRequest> requests, ToDoubleFunction<TraceRequest> of) {
        return requests.stream().mapToDouble(of).average().orElseThrow();
    }

    // The published means, each to 5 percent. Over the whole mixture the original has 72 tokens per segment; the
    // answers of image, tts and ve, which it lacks, make that (2054 * 72 + 130 * 33 + 54 * 4) / 2238 = 68.
    @ParameterizedTest
    @CsvSource({"math, 405, 2.81, 125, 21, 8.3e-5", "qa, 934, 3.04, 183, 57, 0.709", "ve, 1973, 5.35, 4, 10, 0.085",
            "chatbot, 108, 3.46, 114, 40, 28.2", "image, 108, 6.92, 33, 24, 19.9", "tts, 108, 6.92, 33, 24, 17.1",
            "mixture, 539, 4.64, 68, 26, 12.6"})
    void meansAgreeWithThePublishedOnes(String name, double prompt, double calls, double output, double returned,
            double seconds) {
        List<TraceRequest> requests = generate(name, MANY);
        double meanCalls = mean(requests, TraceRequest::calls);
        assertThat(mean(requests, TraceRequest::promptTokens)).as("prompt").isCloseTo(prompt, within(0.05 * prompt));
        assertThat(meanCalls).as("calls").isCloseTo(calls, within(0.05 * calls));
        assertThat(mean(requests, TraceRequest::outputTokens) / (meanCalls + 1)).as("output per segment")
                .isCloseTo(output, within(0.05 * output));
        assertThat(mean(requests, r -> r.finalContext() - r.promptTokens() - r.outputTokens()) / meanCalls)
                .as("returned per call").isCloseTo(returned, within(0.05 * returned));
        assertThat(mean(requests, TraceRequest::toolSeconds) / meanCalls).as("tool seconds").isCloseTo(seconds,
                within(0.05 * seconds));
    }

    // Table: 939 (429), 1847 (246), 2049 (0), 753 (367).
    @ParameterizedTest
    @CsvSource({"math, 939", "qa, 1847", "ve, 2048", "chatbot, 753"})
    void finalContextsAgreeWithThePublishedOnes(String name, double context) {
        assertThat(mean(generate(name, MANY), TraceRequest::finalContext)).isCloseTo(context, within(0.03 * context));
    }

    @ParameterizedTest
    @MethodSource("io.augserve.simulation.SyntheticWorkload#names")
    void contextsStayWithinTheCut(String name) {
        assertThat(generate(name, 5_000)).allSatisfy(r -> assertThat(r.finalContext()).isBetween(2, 2048));
    }

    @Test
    void mixesTheKindsAsInTheOriginal() {
        Map<String, Long> kinds = generate("mixture", MANY).stream()
                .collect(Collectors.groupingBy(TraceRequest::kind, Collectors.counting()));
        assertThat(kinds.keySet()).containsExactlyInAnyOrder("math", "qa", "ve", "chatbot", "image", "tts");
        assertThat(kinds.get("math") / (double) MANY).isCloseTo(98 / 397.0, within(0.01));
        assertThat(kinds.get("tts") / (double) MANY).isCloseTo(65 / 397.0, within(0.01));
    }

    @Test
    void aModelToolAndAPersonTakeTurns() {
        assertThat(generate("image", 200)).allSatisfy(request -> {
            assertThat(request.calls()).isEven();
            for (int i = 0; i < request.calls(); i++) {
                assertThat(request.segments().get(i).call().orElseThrow().tool())
                        .contains(i % 2 == 0 ? "image-model" : "human");
            }
        });
    }

    @Test
    void nobodyThinksForMoreThanAMinute() {
        List<Double> replies = generate("chatbot", 5_000).stream().flatMap(r -> r.segments().stream())
                .flatMap(s -> s.call().stream()).map(TraceCall::seconds).toList();
        assertThat(replies).allMatch(seconds -> seconds > 0 && seconds <= 60);
        double atTheCap = replies.stream().filter(seconds -> seconds == 60).count() / (double) replies.size();
        assertThat(atTheCap).isBetween(0.10, 0.20);
    }

    @Test
    void plainHasNoCallsAndHalfHasThemInEverySecond() {
        assertThat(generate("plain", 2_000)).allMatch(r -> r.calls() == 0 && r.kind().equals("plain"));
        List<TraceRequest> half = generate("half", MANY);
        assertThat(mean(half, r -> r.calls() == 0 ? 1 : 0)).isCloseTo(0.5, within(0.01));
    }

    @Test
    void aTierIsAnObjectiveAndAPriorityWhateverTheKind() {
        List<TraceRequest> tiers = generate("tiers", MANY);
        Map<Integer, List<ServiceLevel>> objectives = tiers.stream().collect(Collectors.groupingBy(
                TraceRequest::priority, Collectors.collectingAndThen(Collectors.toSet(),
                        all -> all.stream().map(r -> r.objective().orElseThrow()).distinct().toList())));
        assertThat(objectives).isEqualTo(Map.of(1, List.of(level(1_000, 400)), 0, List.of(level(5_000, 1_000)), -1,
                List.of(level(60_000, 5_000))));
        for (String kind : List.of("math", "ve", "tts")) {
            List<TraceRequest> own = tiers.stream().filter(r -> r.kind().equals(kind)).toList();
            for (int priority : List.of(1, 0, -1)) {
                assertThat(mean(own, r -> r.priority() == priority ? 1 : 0)).isCloseTo(1 / 3.0, within(0.03));
            }
        }
    }

    private static ServiceLevel level(long firstTokenMillis, long perTokenMillis) {
        return new ServiceLevel(Duration.ofMillis(firstTokenMillis), Duration.ofMillis(perTokenMillis));
    }

    @ParameterizedTest
    @MethodSource("io.augserve.simulation.SyntheticWorkload#names")
    void aSeedGivesTheSameRequestsAndASmallerCountAPrefix(String name) {
        SyntheticWorkload workload = SyntheticWorkload.builtin(name).orElseThrow();
        List<TraceRequest> requests = workload.generate(50, 7);
        assertThat(workload.generate(50, 7)).isEqualTo(requests);
        assertThat(workload.generate(20, 7)).isEqualTo(requests.subList(0, 20));
        assertThat(workload.generate(50, 8)).isNotEqualTo(requests);
        assertThat(requests.stream().map(TraceRequest::id)).doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith(name + "-"));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(SyntheticWorkload.names()).containsExactly("mixture", "math", "qa", "ve", "chatbot", "image", "tts",
                "plain", "half", "tiers");
        assertThat(SyntheticWorkload.builtin("chess")).isEmpty();
        SyntheticWorkload math = SyntheticWorkload.builtin("math").orElseThrow();
        assertThat(math.generate(0, 1)).isEmpty();
        assertThatThrownBy(() -> math.generate(-1, 1)).hasMessage("count: expected >= 0, got -1");
    }
}
