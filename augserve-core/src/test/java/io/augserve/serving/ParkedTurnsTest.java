package io.augserve.serving;

import static io.augserve.serving.Turns.QUESTION;
import static io.augserve.serving.Turns.RETENTION;
import static io.augserve.serving.Turns.assertNothingIsLeft;
import static io.augserve.serving.Turns.computed;
import static io.augserve.serving.Turns.followUp;
import static io.augserve.serving.Turns.harness;
import static io.augserve.serving.Turns.request;
import static io.augserve.serving.Turns.serve;
import static io.augserve.serving.Turns.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.StepOutcome;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import io.augserve.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link Turns} while nobody follows them: how long they last, and what ends them. */
class ParkedTurnsTest {
    private final ToyEngine engine = Turns.engine();
    private final LoopHarness harness = harness(engine, Turns::keepAll, RETENTION);

    /** The predictor expects a second and patience is two: the KV goes after two seconds, the turn after ten. */
    @Test
    void aFollowUpThatNeverComesCostsNothingInTheEnd() {
        serve(harness, request(QUESTION));
        harness.now += 1_980_000_000L;
        assertThat(harness.cycle()).isZero();
        assertThat(engine.kvCache().free()).isEqualTo(57);
        harness.now += 20_000_000;
        assertThat(harness.loop.idleNanos()).isZero();
        assertThat(harness.cycle()).isEqualTo(1);
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(harness.loop.parked()).isEqualTo(1);
        harness.now += 8_000_000_000L;
        harness.drain();
        assertNothingIsLeft(engine, harness);
        assertThat(harness.loop.idleNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoComesTooLateStillTellsHowLongItTook() {
        GenerationResult turn = serve(harness, request(QUESTION));
        harness.now += 5_000_000_000L - 3_000_000;
        harness.drain();
        GenerationResult answer = serve(harness, request(followUp(tokens(QUESTION), turn, "7")));
        assertThat(answer.text()).isEqualTo("got 7");
        // Its full blocks could be reused, but this scheduler reuses nothing.
        assertThat(answer.usage().cachedTokens()).isZero();
        assertThat(harness.predictor.calls).contains("returned from segment 0 [look] after 5.0 s with 7 tokens");
        assertNothingIsLeft(engine, harness);
    }

    @Test
    void thereAreNeverMoreTurnsParkedThanAllowed() {
        List<GenerationResult> turns = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            turns.add(serve(harness, request("U:" + i + "[look:a]\nA:")));
            assertThat(harness.loop.parked()).isEqualTo(Math.min(i + 1, 3));
        }
        assertThat(serve(harness, request(followUp(tokens("U:1[look:a]\nA:"), turns.get(1), "7"))).usage()
                .cachedTokens()).isZero();
        assertThat(serve(harness, request(followUp(tokens("U:2[look:a]\nA:"), turns.get(2), "7"))).usage()
                .cachedTokens()).isPositive();
    }

    @Test
    void aParkedTurnIsNobodysToCancelAndDoesNotHoldUpAClose() throws Exception {
        Generation turn = harness.submit(request(QUESTION).id("name").build());
        harness.drain();
        turn.cancel();
        harness.drain();
        assertThat(harness.loop.parked()).isEqualTo(1);
        // Its id is free.
        harness.submit(GenerationRequest.chat("hello").id("name").tools().build());
        harness.drain();
        harness.admission.close();
        assertThat(harness.admission.awaitEmpty(Duration.ZERO)).isTrue();
        harness.loop.cancelAll();
        harness.drain();
        assertNothingIsLeft(engine, harness);
        assertThat(harness.result(turn).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(harness.loop.stats().finished()).isEqualTo(2);
    }

    @Test
    void aParkedTurnTakesNobodysPlaceAmongThePaused() {
        Tool wait = Tool.of("wait", "", "{}", arguments -> "done");
        LoopHarness narrow = new LoopHarness(engine, Scheduler.fcfs(), 16, 100,
                new LoopLimits(8, 2, 1, 100, 100, 100, Duration.ZERO), RETENTION, wait);
        serve(narrow, request(QUESTION));
        assertThat(serve(narrow, GenerationRequest.chat("[wait:]").tools(wait)).text()).isEqualTo("got done");
    }

    @Test
    void aServerThatFailsKeepsNoTurns() {
        serve(harness, request(QUESTION));
        Generation other = harness.submit(request("U:hello\nA:").build());
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(new IllegalStateException("lost"), true)));
        harness.drain();
        assertThat(other.result().toCompletableFuture()).isCompletedExceptionally();
        assertNothingIsLeft(engine, harness);
    }

    @Test
    void aServerThatHangsForgetsTurnsAndLeavesTheEngineAlone() {
        LoopHarness timed = new LoopHarness(engine, Turns::keepAll, 16, 100,
                new LoopLimits(8, 2, 100, 100, 100, 100, Duration.ofSeconds(1)), RETENTION);
        serve(timed, request(QUESTION));
        Generation other = timed.submit(request("U:hello\nA:").build());
        engine.intercept(batch -> {
            timed.now += 1_000_000_000L;
            assertThat(timed.loop.takeOverIfHung()).isTrue();
            return Optional.empty();
        });
        assertThatThrownBy(timed.loop::doWork).isInstanceOf(LoopTakenException.class);
        assertThat(other.result().toCompletableFuture()).isCompletedExceptionally();
        assertThat(timed.loop.parked()).isZero();
        assertThat(timed.loop.live()).isZero();
        assertThat(engine.known()).as("nothing of it was touched").isEqualTo(2);
        timed.now += 100_000_000_000L;
        assertThat(timed.loop.doWork()).isZero();
    }

    @Test
    void aFailedStepLosesWhatWasTakenOverAndNothingElse() {
        GenerationResult turn = serve(harness, request(QUESTION));
        boolean[] failed = new boolean[1];
        engine.intercept(batch -> {
            boolean fails = !failed[0];
            failed[0] = true;
            return fails
                    ? Optional.of(new StepOutcome.Failed(new IllegalStateException("no"), false))
                    : Optional.empty();
        });
        GenerationResult answer = serve(harness, request(followUp(tokens(QUESTION), turn, "7")));
        assertThat(answer.text()).isEqualTo("got 7");
        assertThat(answer.usage().cachedTokens()).isZero();
        assertNothingIsLeft(engine, harness);
    }

    /** Moves every paused context to host memory, and brings back what waits. */
    private static StepPlan swapAll(SchedulerView view) {
        List<StepPlan.Swap> outs = new ArrayList<>();
        List<StepPlan.Swap> ins = new ArrayList<>();
        for (RequestView request : view.paused()) {
            if (view.kvCache().held(request.id()) > 0) {
                outs.add(new StepPlan.Swap(request, view.kvCache().held(request.id())));
            }
        }
        List<RequestView> all = new ArrayList<>(view.running());
        all.addAll(view.waiting());
        for (RequestView request : all) {
            if (view.kvCache().hostHeld(request.id()) > 0) {
                ins.add(new StepPlan.Swap(request, view.kvCache().hostHeld(request.id())));
            }
        }
        return new StepPlan(Turns.keepAll(view).grants(), List.of(), List.of(), outs, ins);
    }

    @Test
    void aTurnThatWasSwappedComesBackFromHostMemory() {
        LoopHarness swapping = harness(engine, ParkedTurnsTest::swapAll, RETENTION);
        GenerationResult turn = serve(swapping, request(QUESTION));
        serve(swapping, GenerationRequest.chat("hello").tools());
        assertThat(engine.kvCache().hostFree()).isEqualTo(64 - 7);
        long before = computed(swapping);
        GenerationResult answer = serve(swapping, request(followUp(tokens(QUESTION), turn, "7")));
        assertThat(answer.text()).isEqualTo("got 7");
        assertThat(answer.usage().cachedTokens()).isEqualTo(27);
        assertThat(computed(swapping) - before).isEqualTo(1 + 7 + 5);
        assertThat(answer.usage().swappedTokens()).isEqualTo(7 * 4);
        assertThat(engine.kvCache().hostFree()).isEqualTo(64);
    }
}
