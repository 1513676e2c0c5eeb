package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.StepOutcome;
import io.augserve.observe.KvPlace;
import io.augserve.observe.Occupancy;
import io.augserve.observe.Phase;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerObserver;
import io.augserve.observe.StepWork;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.RequestRejectedException;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What an observer sees of scripted requests, with numbers computed by hand. Every step takes 10 ms and every duty cycle 1 ms more. */
class ObservationTest {
    private final List<ServerEvent> events = new ArrayList<>();
    private final ToyEngine engine = new ToyEngine(16, 4, 64, 8, EchoModel::turn);

    private LoopHarness harness(Scheduler scheduler) {
        LoopHarness harness = new LoopHarness(engine, scheduler, 16, 2, LoopLimits.of(8, 2),
                ServerObserver.of(events::add), DOUBLE);
        engine.intercept(batch -> {
            harness.now += 10_000_000;
            return Optional.empty();
        });
        return harness;
    }

    /** What happened to requests, without tokens. */
    private List<String> story() {
        List<String> story = new ArrayList<>();
        for (ServerEvent event : events) {
            long at = event.nanos() / 1_000_000;
            switch (event) {
                case ServerEvent.RequestRejected rejected -> story.add(at + " rejected " + rejected.reason());
                case ServerEvent.RequestAdmitted admitted -> story.add(at + " admitted " + admitted.request().name());
                case ServerEvent.RequestScheduled scheduled ->
                    story.add(at + " scheduled after " + scheduled.queued().toMillis());
                case ServerEvent.PhaseChanged changed ->
                    story.add(at + " " + changed.from() + " -> " + changed.to() + " " + changed.kv());
                case ServerEvent.FirstToken first ->
                    story.add(at + " first token after " + first.timeToFirstToken().toMillis());
                case ServerEvent.RequestPreempted preempted -> story.add(at + " preempted by " + preempted.cause());
                case ServerEvent.ToolPauseBegan began -> story.add(at + " pause " + began.segment() + " "
                        + began.tools() + ", predicted " + began.predicted().toMillis());
                case ServerEvent.ToolCallEnded ended -> story.add(at + " " + ended.tool() + " took "
                        + ended.duration().toMillis() + (ended.failed() ? ", failed" : ""));
                case ServerEvent.ToolPauseEnded ended -> story.add(at + " pause " + ended.segment() + " took "
                        + ended.actual().toMillis() + (ended.returned() ? "" : ", in vain"));
                case ServerEvent.RequestFinished finished -> story.add(at + " " + finished.reason()
                        + (finished.objectiveMet() ? ", objective met" : ", objective missed")
                        + finished.cause().map(cause -> " because of " + cause.getMessage()).orElse(""));
                case ServerEvent.TokenSampled sampled -> {
                }
                case ServerEvent.StepBegan began -> {
                }
                case ServerEvent.StepEnded ended -> {
                }
                case ServerEvent.OccupancyChanged changed -> {
                }
            }
        }
        return story;
    }

    private <T extends ServerEvent> List<T> of(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void aRequestWithAToolFromItsArrivalToItsEnd() {
        LoopHarness harness = harness(Scheduler.fcfs());
        harness.toolsRunAtOnce = false;
        harness.submit(GenerationRequest.chat("call double:a").id("r").build());
        harness.now += 3_000_000;
        harness.cyclesUntil(() -> harness.loop.stats().paused() == 1);
        harness.now += 4_000_000;
        harness.toolTasks.remove().run();
        harness.drain();
        // "U:call double:a\nA:" are 18 tokens, 16 of them in the first step; "[double:a]" and its end are 11. "\nR:aa\nA:" are 8 more.
        assertThat(story()).containsExactly("3 admitted r", "3 QUEUED -> PREFILL DEVICE", "3 scheduled after 3",
                "24 first token after 24", "24 PREFILL -> DECODE DEVICE", "134 DECODE -> TOOL DEVICE",
                "134 pause 0 [double], predicted 1000", "139 double took 5", "139 pause 0 took 5",
                "139 TOOL -> QUEUED DEVICE", "139 QUEUED -> PREFILL DEVICE", "149 PREFILL -> DECODE DEVICE",
                "215 DECODE -> FINISHED NONE", "215 STOP, objective met");
        List<StepWork> work = of(ServerEvent.StepEnded.class).stream().map(ServerEvent.StepEnded::work).toList();
        assertThat(work).hasSize(19);
        assertThat(work.get(0)).isEqualTo(new StepWork(1, 16, 0, 0, 18, 0, 0));
        assertThat(work.get(1)).isEqualTo(new StepWork(1, 2, 0, 0, 0, 0, 0));
        assertThat(work.get(2)).isEqualTo(new StepWork(1, 0, 1, 0, 0, 0, 0));
        // The end token was never computed; now it is, and the result.
        assertThat(work.get(12)).isEqualTo(new StepWork(1, 9, 0, 0, 0, 0, 0));
        assertThat(work.get(18)).isEqualTo(new StepWork(1, 0, 1, 0, 0, 0, 0));
        assertThat(of(ServerEvent.StepBegan.class)).hasSize(19).first()
                .isEqualTo(new ServerEvent.StepBegan(3_000_000, Duration.ZERO, 1, 16, 0));
        assertThat(of(ServerEvent.StepEnded.class)).allSatisfy(step -> {
            assertThat(step.running()).isEqualTo(Duration.ofMillis(10));
            assertThat(step.planning()).isZero();
            assertThat(step.failed()).isFalse();
        });
        // 28 tokens in 7 blocks while the tool is out.
        assertThat(of(ServerEvent.StepEnded.class).get(11).occupancy())
                .isEqualTo(new Occupancy(0, 0, 1, 7, 16, 7, 0, 8));
        assertThat(of(ServerEvent.StepEnded.class).get(18).occupancy())
                .isEqualTo(new Occupancy(0, 0, 0, 0, 16, 0, 0, 8));
    }

    @Test
    void tokensComeWithTheGapsWithinTheirSegment() {
        LoopHarness harness = harness(Scheduler.fcfs());
        harness.submit("call double:a");
        harness.drain();
        List<ServerEvent.TokenSampled> tokens = of(ServerEvent.TokenSampled.class);
        assertThat(tokens).hasSize(18).extracting(ServerEvent.TokenSampled::outputTokens).startsWith(1, 2, 3)
                .endsWith(17, 18);
        for (int i = 0; i < 18; i++) {
            assertThat(tokens.get(i).sinceLast()).as("token %d", i)
                    .isEqualTo(i == 0 || i == 11 ? Optional.empty() : Optional.of(Duration.ofMillis(11)));
        }
    }

    /** First come, first served, but for the plans that a test puts in between. */
    private static final class Interrupted implements Scheduler {
        private final Scheduler usual = Scheduler.fcfs();
        final AtomicReference<Function<SchedulerView, StepPlan>> next = new AtomicReference<>();

        @Override
        public StepPlan plan(SchedulerView view) {
            Function<SchedulerView, StepPlan> instead = next.getAndSet(null);
            return instead == null ? usual.plan(view) : instead.apply(view);
        }
    }

    private static StepPlan swapOut(RequestView request, int blocks) {
        return new StepPlan(List.of(), List.of(), List.of(), List.of(new StepPlan.Swap(request, blocks)), List.of());
    }

    @Test
    void aPausedContextMayBeSwappedBroughtBackAndDiscarded() {
        Interrupted scheduler = new Interrupted();
        LoopHarness harness = harness(scheduler);
        harness.toolsRunAtOnce = false;
        Generation first = harness.submit("call double:a");
        harness.cyclesUntil(() -> harness.loop.stats().paused() == 1);
        events.clear();
        harness.submit(GenerationRequest.tokens('U', ':').id("other").build());
        scheduler.next.set(view -> swapOut(view.paused().getFirst(), 3));
        harness.cycle();
        scheduler.next.set(view -> new StepPlan(List.of(), List.of(), List.of(), List.of(),
                List.of(new StepPlan.Swap(view.paused().getFirst(), 3))));
        harness.cycle();
        scheduler.next.set(view -> new StepPlan(List.of(), List.of(), List.of(view.paused().getFirst())));
        harness.cycle();
        first.cancel();
        harness.cycle();
        assertThat(story()).containsExactly("132 admitted other", "132 TOOL -> TOOL HOST", "143 TOOL -> TOOL DEVICE",
                "154 TOOL -> TOOL NONE", "155 pause 0 took 24, in vain", "155 TOOL -> FINISHED NONE",
                "155 CANCELLED, objective missed", "155 QUEUED -> PREFILL DEVICE", "155 scheduled after 23",
                "165 first token after 33", "165 PREFILL -> DECODE DEVICE");
        List<ServerEvent.StepEnded> steps = of(ServerEvent.StepEnded.class);
        assertThat(steps.get(0).work()).isEqualTo(new StepWork(0, 0, 0, 0, 0, 0, 3));
        assertThat(steps.get(0).occupancy()).isEqualTo(new Occupancy(1, 0, 1, 4, 16, 4, 3, 8));
        assertThat(steps.get(1).occupancy()).isEqualTo(new Occupancy(1, 0, 1, 7, 16, 7, 0, 8));
        // Discarding is no step.
        assertThat(of(ServerEvent.OccupancyChanged.class)).extracting(ServerEvent.OccupancyChanged::occupancy)
                .containsExactly(new Occupancy(1, 0, 1, 0, 16, 0, 0, 8));
    }

    @Test
    void preemptionsSayWhy() {
        Interrupted scheduler = new Interrupted();
        LoopHarness harness = harness(scheduler);
        harness.submit("hello");
        harness.cycle();
        events.clear();
        // 10 tokens of the prompt and one of the answer.
        scheduler.next.set(view -> swapOut(view.running().getFirst(), 1));
        harness.cycle();
        scheduler.next.set(view -> new StepPlan(List.of(), List.of(), List.of(), List.of(),
                List.of(new StepPlan.Swap(view.waiting().getFirst(), 1))));
        harness.cycle();
        harness.cycle();
        scheduler.next.set(view -> new StepPlan(List.of(), List.copyOf(view.running()), List.of()));
        harness.cycle();
        harness.cycle();
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(new IllegalStateException("defect"), false)));
        harness.cycle();
        assertThat(story()).containsExactly("11 DECODE -> SWAPPED HOST", "11 preempted by SWAP",
                "22 SWAPPED -> QUEUED DEVICE", "33 QUEUED -> DECODE DEVICE", "44 DECODE -> QUEUED NONE",
                "44 preempted by MEMORY", "45 QUEUED -> PREFILL DEVICE", "55 PREFILL -> DECODE DEVICE",
                "56 DECODE -> QUEUED NONE", "56 preempted by FAULT");
        List<ServerEvent.StepEnded> steps = of(ServerEvent.StepEnded.class);
        assertThat(steps).extracting(ServerEvent.StepEnded::work).containsExactly(
                new StepWork(0, 0, 0, 0, 0, 0, 1), new StepWork(0, 0, 0, 0, 0, 0, 1),
                new StepWork(1, 0, 1, 0, 0, 0, 0),
                // Known are 12 tokens, of which 11 had been computed.
                new StepWork(1, 12, 0, 11, 12, 0, 0),
                new StepWork(1, 0, 1, 0, 0, 0, 0));
        assertThat(steps.getLast().failed()).isTrue();
    }

    @Test
    void refusalsAndFailuresSayWhy() {
        LoopHarness harness = harness(Scheduler.fcfs());
        harness.submit("hello");
        Generation other = harness.submit("hello again");
        try {
            harness.submit("too many");
        } catch (RequestRejectedException e) {
            // Told below.
        }
        other.cancel();
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(new IllegalStateException("defect"), true)));
        harness.cycle();
        assertThat(story()).containsExactly("0 rejected QUEUE_FULL", "0 admitted augserve-1", "0 admitted augserve-2",
                "0 QUEUED -> FINISHED NONE", "0 CANCELLED, objective missed", "0 QUEUED -> PREFILL DEVICE",
                "0 scheduled after 0", "0 PREFILL -> FINISHED NONE", "0 FAILED, objective missed because of defect");
        assertThat(of(ServerEvent.RequestFinished.class).getFirst().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(of(ServerEvent.StepEnded.class)).hasSize(1).allMatch(ServerEvent.StepEnded::failed);
        assertThat(of(ServerEvent.RequestAdmitted.class).getFirst().request().promptTokens()).isEqualTo(10);
        assertThat(of(ServerEvent.PhaseChanged.class)).noneMatch(changed -> changed.from() == changed.to()
                && changed.to() != Phase.TOOL).noneMatch(changed -> changed.kv() == KvPlace.HOST);
    }

    @Test
    void aReaderThatDoesNotKeepUpIsAPhaseOfItsOwn() {
        ToyEngine plain = new ToyEngine(16, 4, 64, EchoModel::turn);
        LoopHarness harness = new LoopHarness(plain, Scheduler.fcfs(), 16, 2,
                new LoopLimits(8, 2, 100, 100, 100, 4, Duration.ZERO), ServerObserver.of(events::add));
        Generation generation = harness.submit("hello");
        LoopHarness.Recorder reader = LoopHarness.Recorder.reluctant();
        generation.events().subscribe(reader);
        harness.drain();
        // The buffer is full with the fourth token; a duty cycle without work follows.
        assertThat(story()).endsWith("0 PREFILL -> DECODE DEVICE", "3 DECODE -> READER DEVICE");
        assertThat(of(ServerEvent.StepEnded.class).getLast().occupancy())
                .isEqualTo(new Occupancy(0, 0, 1, 4, 16, 4, 0, 0));
        reader.subscription.request(Long.MAX_VALUE);
        harness.drain();
        assertThat(story()).contains("5 READER -> QUEUED DEVICE", "5 QUEUED -> DECODE DEVICE")
                .endsWith("15 DECODE -> FINISHED NONE", "15 STOP, objective met");
        assertThat(reader.failure).isNull();
    }
}
