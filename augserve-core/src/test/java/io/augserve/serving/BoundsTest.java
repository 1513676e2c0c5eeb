package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Engine;
import io.augserve.request.Generation;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationRequest;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.RequestRejectedException.Reason;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.LoopHarness.Recorder;
import io.augserve.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a server refuses, and when. */
class BoundsTest {
    private static final LoopLimits LIMITS = LoopLimits.of(8, 2);

    private final ToyEngine engine = EchoModel.engine();

    private static LoopHarness harness(Engine engine, LoopLimits limits, Tool... tools) {
        return new LoopHarness(engine, Scheduler.fcfs(), 16, 100, limits, tools);
    }

    private static Admission door(LoopHarness harness, int maxRequests, long maxQueuedTokens, boolean sheds) {
        Admission door = new Admission(new Admission.Config(maxRequests, maxQueuedTokens, sheds, 10_000, List.of(),
                new ServiceLevel(Duration.ofMillis(30), Duration.ofMillis(1)), new SplittableRandom(1)),
                harness.config);
        door.open(harness.loop);
        return door;
    }

    private static GenerationRequest question(String text) {
        return GenerationRequest.chat(text).build();
    }

    private static Reason reason(Runnable submission) {
        try {
            submission.run();
        } catch (RequestRejectedException e) {
            return e.reason();
        }
        throw new AssertionError("it was let in");
    }

    @Test
    void queuedPromptTokensAreBounded() {
        Admission door = door(harness(engine, LIMITS), 100, 20, false);
        // "U:aaaaaa\nA:" are eleven tokens.
        door.submit(question("aaaaaa"));
        assertThatThrownBy(() -> door.submit(question("bbbbbb"))).hasMessage(
                "the limit of 20 queued prompt tokens is reached: 11 wait, the prompt has 11");
        assertThat(door.queuedTokens()).isEqualTo(11);
        assertThat(door.inHouse()).isEqualTo(1);
        door.submit(question("cccc"));
        assertThat(door.queuedTokens()).isEqualTo(20);
    }

    @Test
    void aPromptBeyondTheBoundIsTakenWhenNobodyWaits() {
        Admission door = door(harness(engine, LIMITS), 100, 5, false);
        door.submit(question("a long question"));
        assertThat(door.inHouse()).isEqualTo(1);
    }

    @Test
    void anIdIsOneRequestsAtATime() {
        LoopHarness harness = harness(engine, LIMITS);
        GenerationRequest mine = GenerationRequest.chat("a").id("mine").build();
        Generation first = harness.submit(mine);
        assertThat(reason(() -> harness.submit(mine))).isEqualTo(Reason.DUPLICATE_ID);
        harness.drain();
        assertThat(harness.result(first)).isNotNull();
        harness.submit(mine);
        // A caller may use a name that the server would have chosen.
        harness.submit(GenerationRequest.chat("a").id("augserve-1").build());
        assertThat(harness.submit("b").id()).isEqualTo("augserve-2");
        harness.drain();
        assertThat(harness.admission.inHouse()).isZero();
    }

    @Test
    void underOverloadWhoIsLateMakesRoom() {
        LoopHarness harness = harness(engine, LIMITS);
        List<Long> shed = new ArrayList<>();
        House house = new House(2, 100, true, shed::add);
        house.enter(1, "a", 0);
        house.bring(1, 10, 0);
        house.waits(1, 50);
        house.enter(2, "b", 0);
        house.bring(2, 10, 0);
        house.waits(2, 40);
        assertThat(reason(() -> house.enter(3, "c", 40))).isEqualTo(Reason.QUEUE_FULL);
        // The second one is late first; at 60, both are.
        house.enter(3, "c", 41);
        assertThat(shed).containsExactly(2L);
        house.started(1);
        assertThat(reason(() -> house.enter(4, "d", 60))).isEqualTo(Reason.QUEUE_FULL);
        assertThat(house.queuedTokens()).isZero();
        house.left(2);
        house.left(1);
        house.enter(4, "d", 60);
        assertThat(house.size()).isEqualTo(2);

        Admission door = door(harness, 1, 100, true);
        Generation late = door.submit(question("late"));
        assertThat(reason(() -> door.submit(question("early")))).isEqualTo(Reason.QUEUE_FULL);
        harness.now += Duration.ofMillis(31).toNanos();
        Generation prompt = door.submit(question("prompt"));
        harness.drain();
        assertThat(harness.result(prompt).text()).isEqualTo("you said prompt");
        assertThatThrownBy(late::join).hasCauseInstanceOf(GenerationFailedException.class).cause()
                .hasMessage("request 'augserve-1': its first token was late and others needed its place: "
                        + "the server is overloaded")
                .cause().extracting(e -> ((RequestRejectedException) e).reason()).isEqualTo(Reason.OVERLOADED);
    }

    @Test
    void callsInFlightAreBoundedAndTheOthersWait() {
        LoopHarness harness = harness(engine, new LoopLimits(8, 2, 100, 1, 100, 100, Duration.ZERO), DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tools q");
        harness.drain();
        assertThat(harness.toolTasks).hasSize(1);
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.toolTasks).hasSize(1);
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got qq and zz");
    }

    @Test
    void callsBeyondThePausesThatAreAllowedAreRefused() {
        LoopHarness harness = harness(engine, new LoopLimits(8, 2, 1, 100, 100, 100, Duration.ZERO), DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation first = harness.submit("tool a");
        Generation second = harness.submit("tool b");
        harness.drain();
        assertThat(harness.result(second).text())
                .startsWith("got error: the tool 'double' could not be started: 1 requests wait for tools");
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(first).text()).isEqualTo("got aa");
    }

    @Test
    void aHugeResultIsNotGivenToTheModel() {
        LoopHarness harness = harness(engine, new LoopLimits(8, 2, 100, 100, 10, 100, Duration.ZERO),
                Tool.of("double", "", "{}", args -> "y".repeat(11)));
        Generation generation = harness.submit("tool a");
        harness.drain();
        assertThat(harness.result(generation).text())
                .isEqualTo("got error: the tool 'double' returned 11 characters: expected at most 10");
    }

    @Test
    void aSlowReaderPausesItsOwnRequestAlone() {
        LoopHarness harness = harness(engine, new LoopLimits(8, 2, 100, 100, 100, 4, Duration.ZERO), DOUBLE);
        Generation slow = harness.submit("something to say");
        Generation other = harness.submit("hello");
        Recorder recorder = Recorder.of(other);
        Recorder reader = Recorder.reluctant();
        slow.events().subscribe(reader);
        harness.drain();
        assertThat(recorder.text()).isEqualTo("you said hello");
        assertThat(harness.result(slow)).isNull();
        assertThat(harness.loop.stats().paused()).isEqualTo(1);
        reader.subscription.request(1);
        harness.drain();
        // Three are left of four, more than half.
        assertThat(harness.loop.stats().sampledTokens()).isEqualTo("you said hello".length() + 1 + 4);
        reader.subscription.request(1);
        harness.drain();
        assertThat(harness.loop.stats().sampledTokens()).isEqualTo("you said hello".length() + 1 + 6);
        while (!reader.completed) {
            reader.subscription.request(1);
            harness.drain();
        }
        assertThat(reader.failure).isNull();
        assertThat(harness.result(slow).text()).isEqualTo("you said something to say");
        // A token each, its end token included, then the end of the segment and of the whole.
        assertThat(reader.events).hasSize("you said something to say".length() + 3);
    }

    @Test
    void whoNeverSubscribesHoldsUpNobody() {
        LoopHarness harness = harness(engine, new LoopLimits(8, 2, 100, 100, 100, 1, Duration.ZERO));
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");
    }
}
