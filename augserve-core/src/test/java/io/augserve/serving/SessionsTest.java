package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.StepOutcome;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SegmentResult;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Turns that end in calls of their callers' tools, and the requests that follow. One character is a token. The question is
 * {@code U:see[look:a]}, 16 tokens with the marker of the model's turn; the model says {@code see[look:a]} and an end token, so 28 tokens are
 * known and the last one of them is not computed.
 */
class SessionsTest {
    private static final ToolSpec LOOK = new ToolSpec("look", "looks", "{}");
    private static final String QUESTION = "U:see[look:a]\nA:";
    private static final SessionRetention RETENTION = new SessionRetention(3, 2, Duration.ofMillis(500),
            Duration.ofSeconds(10));

    private final ToyEngine engine = new ToyEngine(64, 4, 200, 64, SessionsTest::turn);
    private final LoopHarness harness = harness(SessionsTest::keepAll, RETENTION);

    /** What is asked for; after a result of "more", another call; after any other, the result. */
    private static String turn(String conversation) {
        int result = conversation.lastIndexOf("R:");
        String last = conversation.substring(result < 0 ? conversation.lastIndexOf("U:") : result);
        String said = last.substring(2, last.indexOf('\n'));
        return said.equals("more") ? "[look:b]" : (result < 0 ? "" : "got ") + said;
    }

    private LoopHarness harness(Scheduler scheduler, SessionRetention retention) {
        return new LoopHarness(engine, scheduler, 16, 100, LoopLimits.of(8, 2), retention);
    }

    private static int[] tokens(String text) {
        return text.chars().toArray();
    }

    private static GenerationRequest.Builder request(int[] prompt) {
        return GenerationRequest.tokens(prompt).declare(LOOK);
    }

    private static GenerationRequest.Builder request(String prompt) {
        return request(tokens(prompt));
    }

    /** A turn's tokens, the model's included, and what its caller's tool returned: seven tokens more than that says. */
    private static int[] followUp(int[] prompt, GenerationResult turn, String returned) {
        return IntStream.concat(
                IntStream.concat(IntStream.of(prompt), turn.tokens().stream().mapToInt(OutputToken::token)),
                IntStream.of(tokens("\nR:" + returned + "\nA:"))).toArray();
    }

    private GenerationResult serve(LoopHarness on, GenerationRequest.Builder request) {
        Generation generation = on.submit(request.build());
        on.cyclesUntil(() -> on.result(generation) != null);
        return on.result(generation);
    }

    private long computed(LoopHarness on) {
        on.cycle();
        return on.loop.stats().computedTokens();
    }

    private void assertNothingIsLeft() {
        assertThat(engine.known()).isZero();
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(engine.kvCache().hostFree()).isEqualTo(64);
        assertThat(harness.loop.parked()).isZero();
        assertThat(harness.loop.violations()).isEmpty();
    }

    @Test
    void aFollowUpComputesTheNewTokensOnly() {
        GenerationResult turn = serve(harness, request(QUESTION));
        assertThat(turn.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(turn.segments()).containsExactly(
                new SegmentResult("see", List.of(new ToolCall("call_0_0", "look", "a")), List.of(), 12));
        assertThat(turn.usage().cachedTokens()).isZero();
        assertThat(computed(harness)).isEqualTo(27);
        // It is over for its caller and the house, and is paused for the scheduler: 27 tokens in 7 blocks of 4.
        assertThat(harness.admission.inHouse()).isZero();
        assertThat(harness.loop.live()).isZero();
        assertThat(harness.loop.stats().paused()).isEqualTo(1);
        assertThat(engine.kvCache().free()).isEqualTo(57);

        GenerationResult answer = serve(harness, request(followUp(tokens(QUESTION), turn, "7")));
        assertThat(answer.text()).isEqualTo("got 7");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        // The end token of the turn, seven new ones, and five of six sampled ones.
        assertThat(computed(harness)).isEqualTo(27 + 1 + 7 + 5);
        assertThat(answer.usage().promptTokens()).isEqualTo(35);
        assertThat(answer.usage().cachedTokens()).isEqualTo(27);
        assertThat(answer.usage().recomputedTokens()).isZero();
        assertThat(answer.usage().reusedTokens()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void withoutRetentionTheAnswerIsTheSameAndEverythingIsComputed() {
        LoopHarness forgetful = harness(SessionsTest::keepAll, SessionRetention.OFF);
        GenerationResult turn = serve(forgetful, request(QUESTION));
        assertThat(engine.kvCache().free()).isEqualTo(64);
        GenerationResult answer = serve(forgetful, request(followUp(tokens(QUESTION), turn, "7")));
        assertThat(answer.text()).isEqualTo("got 7");
        assertThat(answer.usage().cachedTokens()).isZero();
        assertThat(computed(forgetful)).isEqualTo(27 + 35 + 5);
    }

    @Test
    void aSessionOfThreeTurnsIsOneProgramToThePredictor() {
        int[] first = tokens(QUESTION);
        GenerationResult one = serve(harness, request(first).kind("k"));
        harness.now += 250_000_000 - 1_000_000;
        int[] second = followUp(first, one, "more");
        GenerationResult two = serve(harness, request(second).kind("k"));
        assertThat(two.segments().getLast().calls()).containsExactly(new ToolCall("call_0_0", "look", "b"));
        assertThat(two.usage().cachedTokens()).isEqualTo(27);
        int[] third = followUp(second, two, "9");
        GenerationResult three = serve(harness, request(third).kind("k"));
        assertThat(three.text()).isEqualTo("got 9");
        // 28 + 10 known before the second turn, which says 9 tokens; the last one is not computed.
        assertThat(three.usage().cachedTokens()).isEqualTo(38 + 9 - 1);
        assertThat(harness.predictor.calls).containsExactly("estimate k segment 0 tools []",
                "ended segment 0 after 12 tokens by calls", "estimate k segment 0 tools [look]",
                "returned from segment 0 [look] after 0.25 s with 10 tokens", "estimate k segment 1 tools []",
                "ended segment 1 after 9 tokens by calls", "estimate k segment 1 tools [look]",
                "returned from segment 1 [look] after 0.001 s with 7 tokens", "estimate k segment 2 tools []",
                "ended segment 2 after 6 tokens");
        assertNothingIsLeft();
    }

    @Test
    void anEditedHistoryUnderItsKeyKeepsWhatIsCommon() {
        GenerationResult turn = serve(harness, request(QUESTION).sessionKey("s"));
        // The caller writes the model's turn in its own way: 16 + 4 tokens are common, half of 28 and more.
        int[] edited = tokens(QUESTION + "see [look: a]\nR:7\nA:");
        assertThat(serve(harness, request(edited)).usage().cachedTokens()).as("without the key").isZero();
        GenerationResult answer = serve(harness, request(edited).sessionKey("s"));
        assertThat(answer.text()).isEqualTo("got 7");
        assertThat(turn.tokens()).hasSize(12);
        assertThat(answer.usage().cachedTokens()).isEqualTo(19);
        assertNothingIsLeft();
    }

    @Test
    void anotherQuestionUnderTheKeyIsNoFollowUp() {
        GenerationResult turn = serve(harness, request(QUESTION).sessionKey("s"));
        assertThat(serve(harness, request("U:a title\nA:").sessionKey("s")).usage().cachedTokens()).isZero();
        assertThat(harness.loop.parked()).isEqualTo(1);
        assertThat(serve(harness, request(followUp(tokens(QUESTION), turn, "7")).sessionKey("s")).text())
                .isEqualTo("got 7");
        assertThat(harness.loop.parked()).isZero();
    }

    @Test
    void nobodyTakesOverWhatAnotherSessionHas() {
        GenerationResult turn = serve(harness, request(QUESTION).sessionKey("s"));
        int[] next = followUp(tokens(QUESTION), turn, "7");
        assertThat(serve(harness, request(next).sessionKey("t")).usage().cachedTokens()).isZero();
        assertThat(serve(harness, request(next)).usage().cachedTokens()).isZero();
        assertThat(harness.loop.parked()).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNewFindsATurnWithoutOneByItsTokens() {
        GenerationResult turn = serve(harness, request(QUESTION));
        int[] next = followUp(tokens(QUESTION), turn, "7");
        assertThat(serve(harness, request(next).sessionKey("t")).usage().cachedTokens()).isEqualTo(27);
    }

    @Test
    void theLongestOfSeveralTurnsIsFollowed() {
        int[] first = tokens(QUESTION);
        GenerationResult one = serve(harness, request(first));
        int[] second = followUp(first, one, "more");
        GenerationResult two = serve(harness, request(second));
        // The first question once more: its tokens, too, begin what comes.
        serve(harness, request(first));
        assertThat(harness.loop.parked()).isEqualTo(2);
        assertThat(serve(harness, request(followUp(second, two, "9"))).usage().cachedTokens()).isEqualTo(46);
        assertThat(harness.loop.parked()).isEqualTo(1);
    }

    @Test
    void aFollowUpThatComesTwiceIsServedTwice() {
        GenerationResult turn = serve(harness, request(QUESTION).sessionKey("s"));
        int[] next = followUp(tokens(QUESTION), turn, "7");
        Generation first = harness.submit(request(next).sessionKey("s").build());
        Generation second = harness.submit(request(next).sessionKey("s").build());
        harness.drain();
        assertThat(harness.result(first).text()).isEqualTo("got 7");
        assertThat(harness.result(first).usage().cachedTokens()).isEqualTo(27);
        assertThat(harness.result(second).text()).isEqualTo("got 7");
        assertThat(harness.result(second).usage().cachedTokens()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void aFollowUpThatComesBeforeTheTurnHasEndedFollowsNothing() {
        Generation turn = harness.submit(request(QUESTION).sessionKey("s").build());
        harness.cycle();
        int[] guessed = tokens(QUESTION + "see[look:a]\0\nR:7\nA:");
        Generation early = harness.submit(request(guessed).sessionKey("s").build());
        harness.cyclesUntil(() -> harness.result(turn) != null && harness.result(early) != null);
        assertThat(harness.result(early).text()).isEqualTo("got 7");
        assertThat(harness.result(early).usage().cachedTokens()).isZero();
        assertThat(harness.loop.parked()).isEqualTo(1);
    }

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
        assertNothingIsLeft();
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
        assertNothingIsLeft();
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
        assertNothingIsLeft();
        assertThat(harness.result(turn).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(harness.loop.stats().finished()).isEqualTo(2);
    }

    @Test
    void aServerThatFailsKeepsNoTurns() {
        serve(harness, request(QUESTION));
        Generation other = harness.submit(request("U:hello\nA:").build());
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(new IllegalStateException("lost"), true)));
        harness.drain();
        assertThat(other.result().toCompletableFuture()).isCompletedExceptionally();
        assertNothingIsLeft();
    }

    @Test
    void aServerThatHangsForgetsTurnsAndLeavesTheEngineAlone() {
        LoopHarness timed = new LoopHarness(engine, SessionsTest::keepAll, 16, 100,
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
        assertNothingIsLeft();
    }

    /** Nobody loses anything. */
    private static StepPlan keepAll(SchedulerView view) {
        List<RequestView> all = new ArrayList<>(view.running());
        all.addAll(view.waiting());
        return new StepPlan(all.stream()
                .map(each -> new StepPlan.Grant(each, Math.min(each.uncomputedTokens(), 16 / all.size()))).toList(),
                List.of(), List.of());
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
        return new StepPlan(keepAll(view).grants(), List.of(), List.of(), outs, ins);
    }

    @Test
    void aTurnThatWasSwappedComesBackFromHostMemory() {
        LoopHarness swapping = harness(SessionsTest::swapAll, RETENTION);
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

    @Test
    void aParkedTurnTakesNobodysPlaceAmongThePaused() {
        Tool wait = Tool.of("wait", "", "{}", arguments -> "done");
        LoopHarness narrow = new LoopHarness(engine, Scheduler.fcfs(), 16, 100,
                new LoopLimits(8, 2, 1, 100, 100, 100, Duration.ZERO), RETENTION, wait);
        serve(narrow, request(QUESTION));
        assertThat(serve(narrow, GenerationRequest.chat("[wait:]").tools(wait)).text()).isEqualTo("got done");
    }

    /** A caller that answers from within the completion of its turn. */
    @Test
    void aFollowUpMayComeAtOnce() {
        Generation turn = harness.submit(request(QUESTION).build());
        List<Generation> next = new ArrayList<>();
        turn.result().thenAccept(
                result -> next.add(harness.submit(request(followUp(tokens(QUESTION), result, "7")).build())));
        harness.drain();
        assertThat(harness.result(next.getFirst()).usage().cachedTokens()).isEqualTo(27);
        assertNothingIsLeft();
    }
}
