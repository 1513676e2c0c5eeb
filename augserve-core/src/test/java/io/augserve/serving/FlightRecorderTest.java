package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.observe.ServerObserver;
import io.augserve.request.GenerationRequest;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.StepPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Flight Recorder recording has of scripted requests, in virtual time; only how long duration events lasted is real time. */
class FlightRecorderTest {
    @TempDir
    Path folder;

    private LoopHarness harness(Scheduler scheduler) {
        ToyEngine engine = new ToyEngine(16, 4, 64, EchoModel::turn);
        LoopHarness harness = new LoopHarness(engine, scheduler, 16, 2, LoopLimits.of(8, 2),
                ServerObserver.flightRecorder(), DOUBLE);
        engine.intercept(batch -> {
            harness.now += 10_000_000;
            return Optional.empty();
        });
        return harness;
    }

    private List<RecordedEvent> recorded(Runnable script) throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            script.run();
            recording.stop();
            Path file = folder.resolve("recording.jfr");
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().startsWith("augserve.")).toList();
        }
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("augserve." + name)).toList();
    }

    @Test
    void aRequestWithAToolLeavesItsEvents() throws IOException {
        LoopHarness harness = harness(Scheduler.fcfs());
        List<RecordedEvent> events = recorded(() -> {
            harness.submit(GenerationRequest.chat("call double:a").id("r").kind("test").build());
            harness.drain();
        });
        assertThat(of(events, "RequestAdmitted")).singleElement().satisfies(event -> {
            assertThat(event.getString("request")).isEqualTo("r");
            assertThat(event.getString("kind")).isEqualTo("test");
            assertThat(event.getInt("promptTokens")).isEqualTo(18);
            assertThat(event.getEventType().getCategoryNames()).containsExactly("AugServe");
            assertThat(event.getStackTrace()).isNull();
        });
        assertThat(of(events, "ToolPause")).singleElement().satisfies(event -> {
            assertThat(event.getString("request")).isEqualTo("r");
            assertThat(event.getString("tools")).isEqualTo("double");
            assertThat(event.getDuration("predicted")).isEqualTo(Duration.ofSeconds(1));
            assertThat(event.getBoolean("returned")).isTrue();
            assertThat(event.getStartTime()).isBeforeOrEqualTo(event.getEndTime());
        });
        // 2 steps for the prompt, 10 more for the first turn, 7 for the second.
        assertThat(of(events, "EngineStep")).hasSize(19).first().satisfies(event -> {
            assertThat(event.getInt("prefillTokens")).isEqualTo(16);
            assertThat(event.getInt("decodeTokens")).isZero();
            assertThat(event.getDuration("engine")).isEqualTo(Duration.ofMillis(10));
            assertThat(event.getInt("running")).isEqualTo(1);
            assertThat(event.getInt("usedBlocks")).isEqualTo(4);
            assertThat(event.getBoolean("failed")).isFalse();
        });
        assertThat(of(events, "RequestFinished")).singleElement().satisfies(event -> {
            assertThat(event.getString("reason")).isEqualTo("STOP");
            assertThat(event.getInt("outputTokens")).isEqualTo(18);
            assertThat(event.getBoolean("objectiveMet")).isTrue();
            assertThat(event.getDuration("timeToFirstToken")).isEqualTo(Duration.ofMillis(21));
        });
    }

    @Test
    void preemptionsSayWhy() throws IOException {
        Scheduler usual = Scheduler.fcfs();
        LoopHarness harness = harness(view -> view.running().stream().anyMatch(
                request -> request.outputTokens() == 2 && request.preemptions() == 0)
                        ? new StepPlan(List.of(), List.copyOf(view.running()), List.of())
                        : usual.plan(view));
        List<RecordedEvent> events = recorded(() -> {
            harness.submit("hello");
            harness.drain();
        });
        assertThat(of(events, "Preemption")).singleElement()
                .satisfies(event -> assertThat(event.getString("cause")).isEqualTo("MEMORY"));
        assertThat(of(events, "RequestFinished").getFirst().getInt("preemptions")).isEqualTo(1);
    }

    @Test
    void whatBeganBeforeARecordingIsNotInIt() throws IOException {
        LoopHarness harness = harness(Scheduler.fcfs());
        harness.toolsRunAtOnce = false;
        harness.submit("call double:a");
        harness.drain();
        List<RecordedEvent> events = recorded(() -> {
            harness.toolTasks.remove().run();
            harness.drain();
        });
        assertThat(of(events, "RequestAdmitted")).isEmpty();
        assertThat(of(events, "ToolPause")).isEmpty();
        assertThat(of(events, "EngineStep")).hasSize(7);
        assertThat(of(events, "RequestFinished")).hasSize(1);
    }

    @Test
    void everyServerWritesThem() throws IOException {
        List<RecordedEvent> events = recorded(() -> {
            try (AugServe server = AugServe.builder(new ToyEngine(16, 4, 64, EchoModel::turn)).build()) {
                server.submit(GenerationRequest.chat("hello").build()).join();
            }
        });
        assertThat(of(events, "RequestFinished")).hasSize(1);
    }

    @Test
    void aRuntimeWithoutFlightRecorderServesAllTheSame() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules", "java.base", "-Xmx64m", "-cp", System.getProperty("java.class.path"),
                WithoutFlightRecorder.class.getName()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.strip()).isEqualTo("jdk.jfr absent: you said hello");
    }

    /** A program for a runtime of which only java.base is there. */
    static final class WithoutFlightRecorder {
        private WithoutFlightRecorder() {}

        public static void main(String[] args) {
            boolean absent = ModuleLayer.boot().findModule("jdk.jfr").isEmpty()
                    && ServerObserver.flightRecorder().equals(ServerObserver.none());
            try (AugServe server = AugServe.builder(new ToyEngine(16, 4, 64, question -> "you said hello")).build()) {
                System.out.println("jdk.jfr " + (absent ? "absent: " : "present: ")
                        + server.submit(GenerationRequest.chat("hello").build()).join().text());
            }
        }
    }
}
