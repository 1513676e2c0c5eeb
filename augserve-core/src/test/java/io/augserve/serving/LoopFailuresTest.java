package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Sample;
import io.augserve.engine.StepOutcome;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.RequestRejectedException;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.StepPlan;
import io.augserve.serving.LoopHarness.Recorder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Engines and schedulers that fail, and whom that hurts. */
class LoopFailuresTest {
    private final ToyEngine engine = EchoModel.engine();

    @Test
    void aFailedStepIsRepeatedWithoutLosingATokenAndThenFailsItsRequests() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> engine.steps() % 3 == 0
                ? Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false))
                : Optional.empty());
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");

        engine.intercept(batch -> {
            throw new IllegalStateException("broken");
        });
        Generation doomed = harness.submit("hello");
        Recorder recorder = Recorder.of(doomed);
        harness.drain();
        assertThatThrownBy(doomed::join).hasCauseInstanceOf(GenerationFailedException.class)
                .hasMessageContaining("the engine failed 3 times in a row: broken");
        assertThat(recorder.failure).isInstanceOf(GenerationFailedException.class);
        assertThat(engine.kvCache().free()).isEqualTo(64);
        engine.intercept(batch -> Optional.empty());
        assertThat(harness.answer("again")).isEqualTo("you said again");
    }

    @Test
    void tooFewSamplesCountAsAFailedStep() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> engine.steps() == 1
                ? Optional.of(new StepOutcome.Completed(List.of()))
                : Optional.empty());
        assertThat(harness.answer("hello")).isEqualTo("you said hello");
    }

    @Test
    void aFaultOfOneRequestFailsItAlone() {
        LoopHarness harness = new LoopHarness(engine);
        Generation bad = harness.submit("bad");
        Generation good = harness.submit("good");
        engine.falsify(samples -> engine.steps() == 2
                ? List.of(new Sample.Fault("logits are not numbers"), samples.getLast())
                : samples);
        harness.drain();
        assertThatThrownBy(bad::join).hasMessageContaining("request 'augserve-1': logits are not numbers");
        assertThat(harness.result(good).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(harness.result(good).text()).isEqualTo("you said good");
    }

    @Test
    void aFatalFailureEndsEverythingWithOneCause() {
        LoopHarness harness = new LoopHarness(engine);
        IllegalStateException cause = new IllegalStateException("device lost");
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(cause, true)));
        List<Generation> generations = List.of(harness.submit("a"), harness.submit("b"));
        harness.drain();
        for (Generation generation : generations) {
            assertThatThrownBy(generation::join).cause().cause().isSameAs(cause);
        }
        assertThatThrownBy(() -> harness.submit("c")).isInstanceOf(RequestRejectedException.class)
                .hasMessage("the server has failed: device lost")
                .extracting(e -> ((RequestRejectedException) e).reason())
                .isEqualTo(RequestRejectedException.Reason.CLOSED);
    }

    @Test
    void aDefectiveSchedulerIsFoundOut() {
        for (Scheduler broken : List.<Scheduler>of(
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1000)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1),
                        new StepPlan.Grant(view.waiting().getFirst(), 1)), List.of(), List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1, 4)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1, -4)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(), List.of(view.waiting().getFirst()), List.of()), view -> {
                    throw new IllegalStateException("oops");
                })) {
            LoopHarness harness = new LoopHarness(new ToyEngine(8, 4, 100, EchoModel::turn), broken, 16, 10);
            Generation generation = harness.submit("a");
            harness.drain();
            assertThatThrownBy(generation::join).hasMessageContaining("the scheduler failed");
            assertThat(harness.loop.failure()).isPresent();
        }
    }
}
