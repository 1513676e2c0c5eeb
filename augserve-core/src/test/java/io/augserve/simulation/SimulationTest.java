package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.predict.IterationTime;
import io.augserve.predict.Predictor;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import io.augserve.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationTest {
    /** 10 ms an iteration and 1 ms for each token, 100 blocks of 16 tokens. */
    private static final HardwareProfile PLAIN = HardwareProfile.builtin("llama3.1-8b@rtx4090").orElseThrow()
            .withIterationTime(new IterationTime(10, 1, 0, 0, 0, 0, 0)).withKvTokens(1600);

    private static TraceRequest arriving(String id, double seconds, int prompt, TraceSegment... segments) {
        return new TraceRequest(id, "test", Optional.empty(), OptionalDouble.of(seconds), prompt, List.of(segments),
                Optional.empty(), 0);
    }

    private static Simulation.Result run(HardwareProfile profile, TraceRequest... requests) {
        return new Simulation(profile, Workload.replay(List.of(requests)), Scheduler.fcfs(), BatchPolicy.fixed(64))
                .run(Duration.ofSeconds(10), Duration.ofHours(1));
    }

    @Test
    void timesAreThoseOfTheFormula() {
        Simulation.Result result = run(PLAIN, arriving("a", 0.5, 20, TraceSegment.last(3)));
        RequestOutcome outcome = result.outcomes().getFirst();
        // Prefill of 20 tokens: 10 + 20 ms; then two decodes of 10 + 1 ms.
        assertThat(outcome.firstTokenNanos()).hasValue(530_000_000);
        assertThat(outcome.endNanos()).hasValue(552_000_000);
        assertThat(outcome.outputTokens()).isEqualTo(3);
        assertThat(outcome.gaps()).isEqualTo(new GapSummary(2, 22_000_000, 11_000_000));
        assertThat(result.counters().iterations()).isEqualTo(3);
        assertThat(result.counters().batchTokens()).isEqualTo(22);
    }

    @Test
    void aToolStopsTheRequestAndReturnsTokens() {
        Simulation.Result result = run(PLAIN,
                arriving("a", 0, 20, TraceSegment.calling(2, "search", 5, 30), TraceSegment.last(1)));
        RequestOutcome outcome = result.outcomes().getFirst();
        // 30 ms prefill and 11 ms decode, 5 s of tool; then 1 uncomputed token and 30 returned ones on kept blocks: 10 + 31 ms.
        assertThat(outcome.toolNanos()).isEqualTo(5_000_000_000L);
        assertThat(outcome.endNanos()).hasValue(30_000_000L + 11_000_000 + 5_000_000_000L + 41_000_000);
        assertThat(outcome.outputTokens()).isEqualTo(3);
        assertThat(outcome.finished()).isTrue();
        assertThat(result.counters().pausedBlockSeconds()).isCloseTo(5 * 2,
                org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void segmentsOfOneTokenAndToolsThatReturnNothingWork() {
        Simulation.Result result = run(PLAIN, arriving("a", 0, 1, TraceSegment.calling(1, "x", 0, 0),
                TraceSegment.calling(1, "y", 1, 0), TraceSegment.last(1)));
        assertThat(result.outcomes().getFirst().outputTokens()).isEqualTo(3);
        assertThat(result.outcomes().getFirst().finished()).isTrue();
    }

    @Test
    void aScriptThatTheTokensCannotTellApartIsRefused() {
        TraceSegment[] segments = new TraceSegment[256];
        Arrays.fill(segments, TraceSegment.calling(1, "x", 0, 0));
        segments[255] = TraceSegment.last(1);
        assertThatThrownBy(() -> run(PLAIN, arriving("long", 0, 1, segments)))
                .hasMessage("request long, number of segments: expected <= 255, got 256");
        TraceSegment[] most = Arrays.copyOfRange(segments, 1, 256);
        assertThat(run(PLAIN, arriving("most", 0, 1, most)).outcomes().getFirst().outputTokens()).isEqualTo(255);
    }

    @Test
    void theSameRunTwiceIsTheSame() {
        List<TraceRequest> trace = SyntheticWorkload.builtin("mixture").orElseThrow().generate(200, 1);
        Workload workload = Workload.drawn(trace, Arrivals.poisson(2), Duration.ofSeconds(60), 5);
        HardwareProfile profile = HardwareProfile.builtin("gptj-6b@rtx4090").orElseThrow();
        List<RequestOutcome> first = new Simulation(profile, workload, Scheduler.fcfs(), BatchPolicy.fixed(2048))
                .run(Duration.ofSeconds(60), Duration.ofSeconds(60)).outcomes();
        List<RequestOutcome> second = new Simulation(profile, workload, Scheduler.fcfs(), BatchPolicy.fixed(2048))
                .run(Duration.ofSeconds(60), Duration.ofSeconds(60)).outcomes();
        assertThat(second).isEqualTo(first).hasSize(workload.submissions().size());
    }

    @Test
    void theSchedulerSeesTheObjectiveOfTheRun() {
        ServiceLevel own = new ServiceLevel(Duration.ofSeconds(7), Duration.ofSeconds(8));
        ServiceLevel ofTheRun = new ServiceLevel(Duration.ofSeconds(5), Duration.ofSeconds(6));
        TraceRequest plain = arriving("plain", 0, 20, TraceSegment.last(3));
        TraceRequest demanding = new TraceRequest("demanding", "test", Optional.empty(), OptionalDouble.of(0), 20,
                plain.segments(), Optional.of(own), 0);
        List<ServiceLevel> seen = new ArrayList<>();
        Scheduler fcfs = Scheduler.fcfs();
        new Simulation(PLAIN, Workload.replay(List.of(plain, demanding)), view -> {
            view.waiting().forEach(request -> seen.add(request.serviceLevel()));
            return fcfs.plan(view);
        }, BatchPolicy.fixed(64), Predictor.online(), ofTheRun).run(Duration.ofSeconds(10), Duration.ofSeconds(10));
        assertThat(seen).containsExactly(ofTheRun, own);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void everyRequestEndsOnceArrivalsStop(String policy) {
        HardwareProfile profile = HardwareProfile.builtin("gptj-6b@rtx4090").orElseThrow();
        Workload workload = Workload.drawn(SyntheticWorkload.builtin("mixture").orElseThrow().generate(200, 1),
                Arrivals.gamma(4, 4), Duration.ofSeconds(90), 7);
        Policy served = Policies.create(policy, profile.machine()).orElseThrow();
        Simulation.Result result = new Simulation(profile, workload, served.scheduler(), served.batchPolicy())
                .run(Duration.ofSeconds(90), Duration.ofHours(3));
        assertThat(result.outcomes()).hasSize(workload.submissions().size()).allMatch(RequestOutcome::finished);
        long swapped = result.outcomes().stream().mapToLong(RequestOutcome::swappedTokens).sum();
        long reused = result.outcomes().stream().mapToLong(RequestOutcome::reusedTokens).sum();
        assertThat(swapped > 0).isEqualTo(List.of("infercept", "ssjf", "lamps", "augserve", "goodput").contains(policy)
                || policy.startsWith("augserve-"));
        // goodput discards only where host memory is full, which it is not here.
        assertThat(reused > 0)
                .isEqualTo(List.of("vllm-v1", "continuum", "autellix", "vllm-v1-next-use").contains(policy));
        for (int i = 0; i < result.outcomes().size(); i++) {
            assertThat(result.outcomes().get(i).outputTokens())
                    .isEqualTo(workload.submissions().get(i).request().outputTokens());
        }
    }

    static List<String> policies() {
        return Stream.concat(Policies.names().stream(), Policies.ablations().stream()).toList();
    }

    /** The order of the paper's figures, where the machine is overloaded; how far apart they are is for the reports. */
    @Test
    void valueDensityServesMoreThanArrivalOrderUnderOverload() {
        HardwareProfile profile = HardwareProfile.builtin("gptj-6b@rtx4090").orElseThrow();
        List<TraceRequest> trace = SyntheticWorkload.builtin("mixture").orElseThrow().generate(400, 1);
        double[] effective = List.of("augserve", "infercept", "fcfs").stream()
                .mapToDouble(policy -> new Experiment(policy, profile, "mixture", trace,
                        Prediction.ONLINE, Optional.of(new Experiment.Load("poisson", 3, Arrivals.poisson(3))),
                        Duration.ofSeconds(300), 1,
                        profile.serviceLevel()).run().metrics().effectiveThroughput())
                .toArray();
        assertThat(effective[0]).isGreaterThan(3 * effective[1]);
        assertThat(effective[0]).isGreaterThan(4 * effective[2]);
    }
}
