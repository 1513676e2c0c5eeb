package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Sample;
import io.augserve.engine.StepOutcome;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationFailedException;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.StepPlan;
import io.augserve.serving.LoopHarness.Recorder;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Races of aborts and faults that took other servers down; the numbers are issues of vLLM. */
class AbortRacesTest {
    private final ToyEngine engine = EchoModel.engine();

    private void assertNothingIsLeft(LoopHarness harness) {
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(engine.known()).isZero();
        assertThat(harness.loop.live()).isZero();
        assertThat(harness.admission.inHouse()).isZero();
        assertThat(harness.admission.queuedTokens()).isZero();
    }

    /** 18485, 49146. */
    @Test
    void abortBeforeBlocksExist() {
        LoopHarness harness = new LoopHarness(engine);
        Generation unseen = harness.submit("hello");
        unseen.cancel();
        harness.drain();
        assertThat(harness.result(unseen).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(engine.steps()).isZero();
        assertNothingIsLeft(harness);
    }

    /** 25067. */
    @Test
    void abortOfARequestThatHasEnded() {
        LoopHarness harness = new LoopHarness(engine);
        Generation ended = harness.submit("hello");
        Recorder recorder = Recorder.of(ended);
        harness.drain();
        int seen = recorder.events.size();
        ended.cancel();
        recorder.subscription.cancel();
        harness.drain();
        assertThat(harness.result(ended).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(recorder.events).hasSize(seen);
        assertNothingIsLeft(harness);
    }

    /** 46289: here KV arrives from host memory. */
    @Test
    void abortWhileKvArrives() {
        ToyEngine hosting = new ToyEngine(64, 4, 200, 64, EchoModel::turn);
        Scheduler outAndIn = view -> {
            if (view.running().isEmpty()) {
                var request = view.waiting().getFirst();
                int hosted = view.kvCache().hostHeld(request.id());
                return hosted > 0
                        ? new StepPlan(List.of(), List.of(), List.of(), List.of(),
                                List.of(new StepPlan.Swap(request, 1)))
                        : new StepPlan(
                                List.of(new StepPlan.Grant(request, request.uncomputedTokens())),
                                List.of(), List.of());
            }
            var request = view.running().getFirst();
            return new StepPlan(List.of(), List.of(), List.of(), List.of(
                    new StepPlan.Swap(request, view.kvCache().held(request.id()))), List.of());
        };
        LoopHarness harness = new LoopHarness(hosting, outAndIn, 16, 10);
        Generation generation = harness.submit("hello");
        harness.cyclesUntil(() -> hosting.kvCache().hostFree() < 64);
        harness.cycle();
        assertThat(hosting.kvCache().hostFree()).isLessThan(64);
        assertThat(hosting.kvCache().free()).isLessThan(64);
        generation.cancel();
        harness.drain();
        assertThat(hosting.kvCache().free()).isEqualTo(64);
        assertThat(hosting.kvCache().hostFree()).isEqualTo(64);
        assertThat(hosting.known()).isZero();
    }

    /** 56089: here the cancellation arrives during the step that samples the last token, and a second one after it. */
    @Test
    void twoEndsOfOneRequest() {
        LoopHarness harness = new LoopHarness(engine);
        Generation[] generation = new Generation[1];
        engine.intercept(batch -> {
            if (engine.steps() == "you said hello".length() + 1) {
                generation[0].cancel();
            }
            return Optional.empty();
        });
        generation[0] = harness.submit("hello");
        Recorder recorder = Recorder.of(generation[0]);
        harness.drain();
        generation[0].cancel();
        harness.drain();
        assertThat(harness.result(generation[0]).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(recorder.completed).isTrue();
        assertThat(harness.loop.stats().finished()).isEqualTo(1);
        assertNothingIsLeft(harness);
    }

    /** 27194, 43473, 2475. */
    @Test
    void oneBadRequestAndEverybodyElse() {
        LoopHarness harness = new LoopHarness(engine);
        Generation bad = harness.submit("bad luck");
        List<Generation> others = List.of(harness.submit("one"), harness.submit("two"), harness.submit("three"));
        engine.intercept(batch -> {
            if (batch.slices().stream().anyMatch(slice -> slice.sequence().id() == 1 && slice.end() > 20)) {
                throw new IllegalStateException("device assert");
            }
            return Optional.empty();
        });
        harness.drain();
        assertThatThrownBy(bad::join).hasCauseInstanceOf(GenerationFailedException.class)
                .hasMessageContaining("device assert");
        assertThat(others).extracting(generation -> harness.result(generation).text()).containsExactly("you said one",
                "you said two", "you said three");
        assertNothingIsLeft(harness);
    }

    /** 50265: what a failed step may have spoiled is computed again, and no token is lost or doubled. */
    @Test
    void goingOnAfterAFault() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        engine.intercept(batch -> engine.steps() % 9 == 0
                ? Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false))
                : Optional.empty());
        Generation generation = harness.submit("tool ab");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        assertThat(recorder.text()).isEqualTo("let me seegot abab");
        assertThat(harness.result(generation).usage().recomputedTokens()).isPositive();
        assertNothingIsLeft(harness);
    }

    @Test
    void abortWhileAToolIsOutAndItsAnswerAfterwards() {
        CompletableFuture<ToolResult> late = new CompletableFuture<>();
        List<String> told = new ArrayList<>();
        LoopHarness harness = new LoopHarness(engine, Tool.of(new ToolSpec("double", "", "{}"), (call, context) -> {
            context.onCancel(() -> told.add("cancelled"));
            return late;
        }));
        Generation generation = harness.submit("tool ab");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        // The answer and the cancellation are in the inbox together.
        generation.cancel();
        late.complete(ToolResult.of("too late"));
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(told).containsExactly("cancelled");
        assertThat(recorder.kinds()).endsWith("Done").doesNotContain("ToolCallFinished");
        assertNothingIsLeft(harness);
    }

    @Test
    void abortOfARequestThatAFailedStepSentBackToTheQueue() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        engine.intercept(batch -> {
            generation.cancel();
            return Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false));
        });
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(engine.steps()).isEqualTo(1);
        assertNothingIsLeft(harness);
    }

    @Test
    void aFaultAndACancellationOfTheSameRequest() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        engine.falsify(samples -> {
            generation.cancel();
            return List.of(new Sample.Fault("logits are not numbers"));
        });
        harness.drain();
        assertThatThrownBy(generation::join).hasMessageContaining("logits are not numbers");
        assertThat(harness.loop.stats().finished()).isEqualTo(1);
        assertNothingIsLeft(harness);
    }
}
