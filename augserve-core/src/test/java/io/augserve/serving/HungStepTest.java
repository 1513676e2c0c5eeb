package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.Generation;
import io.augserve.request.RequestRejectedException;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.LoopHarness.Recorder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A step that does not end: the loop is taken over from it. */
class HungStepTest {
    private static final LoopLimits LIMITS = new LoopLimits(8, 2, 100, 100, 100, 100, Duration.ofSeconds(1));

    private final ToyEngine engine = EchoModel.engine();
    private final LoopHarness harness = new LoopHarness(engine, Scheduler.fcfs(), 16, 100, LIMITS);

    @Test
    void everyRequestFailsAtOnceAndWhoeverComesIsTold() {
        Generation generation = harness.submit("hello");
        Recorder recorder = Recorder.of(generation);
        engine.intercept(batch -> {
            if (engine.steps() == 5) {
                harness.now += Duration.ofMillis(999).toNanos();
                assertThat(harness.loop.takeOverIfHung()).isFalse();
                harness.now += Duration.ofMillis(1).toNanos();
                assertThat(harness.loop.takeOverIfHung()).isTrue();
                assertThat(harness.loop.takeOverIfHung()).isFalse();
            }
            return Optional.empty();
        });
        assertThatThrownBy(harness::drain).isInstanceOf(LoopTakenException.class);
        assertThatThrownBy(generation::join).hasMessageContaining("the engine hangs: a step took longer than 1000 ms")
                .cause().hasCauseInstanceOf(TimeoutException.class);
        assertThat(recorder.text()).isEqualTo("you ");
        assertThat(recorder.failure).isNotNull();
        assertThatThrownBy(() -> harness.submit("again")).isInstanceOf(RequestRejectedException.class)
                .hasMessage("the server has failed: a step took longer than 1000 ms");
        // Whoever took the loop runs it; the engine is not touched any more.
        assertThat(harness.loop.doWork()).isZero();
        assertThat(engine.steps()).isEqualTo(5);
        assertThat(harness.admission.inHouse()).isZero();
    }

    @Test
    void aStepThatEndsInTimeIsNobodyElses() {
        Generation generation = harness.submit("hello");
        assertThat(harness.loop.takeOverIfHung()).isFalse();
        harness.drain();
        harness.now += Duration.ofSeconds(100).toNanos();
        assertThat(harness.loop.takeOverIfHung()).isFalse();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");
    }

    @Test
    void aLoopThatHasEndedTakesNobody() {
        Generation generation = harness.submit("hello");
        harness.cycle();
        harness.loop.end();
        assertThat(harness.result(generation)).isNotNull();
        assertThatThrownBy(() -> harness.submit("late")).hasMessage("the server is closed");
        assertThat(harness.admission.inHouse()).isZero();
    }
}
