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

import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.request.SessionRetention;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that follow {@link Turns}, and what they take over. */
class SessionsTest {
    private final ToyEngine engine = Turns.engine();
    private final LoopHarness harness = harness(engine, Turns::keepAll, RETENTION);

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
        assertNothingIsLeft(engine, harness);
    }

    @Test
    void withoutRetentionTheAnswerIsTheSameAndEverythingIsComputed() {
        LoopHarness forgetful = harness(engine, Turns::keepAll, SessionRetention.OFF);
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
        assertNothingIsLeft(engine, harness);
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
        assertNothingIsLeft(engine, harness);
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
        assertNothingIsLeft(engine, harness);
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

    /** A caller that answers from within the completion of its turn. */
    @Test
    void aFollowUpMayComeAtOnce() {
        Generation turn = harness.submit(request(QUESTION).build());
        List<Generation> next = new ArrayList<>();
        turn.result().thenAccept(
                result -> next.add(harness.submit(request(followUp(tokens(QUESTION), result, "7")).build())));
        harness.drain();
        assertThat(harness.result(next.getFirst()).usage().cachedTokens()).isEqualTo(27);
        assertNothingIsLeft(engine, harness);
    }
}
