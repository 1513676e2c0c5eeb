package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.serving.LoopHarness.Recorder;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCallContext;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Calls of the server's own tools: what the model, the caller and the predictor are told. */
class ToolPausesTest {
    private final ToyEngine engine = EchoModel.engine();

    @Test
    void callsAToolAndGoesOn() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        Generation generation = harness.submit("tool ab");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("got abab");
        assertThat(result.segments()).hasSize(2);
        assertThat(result.segments().getFirst().text()).isEqualTo("let me see");
        assertThat(result.segments().getFirst().results()).containsExactly(ToolResult.of("abab"));
        assertThat(recorder.kinds()).containsExactly("TextPiece", "SegmentFinished", "ToolCallStarted",
                "ToolCallFinished", "TextPiece", "SegmentFinished", "Done");
        assertThat(recorder.text()).isEqualTo("let me seegot abab");
        assertThat(result.usage().toolResultTokens()).isEqualTo("\nR:abab\nA:".length());
        // The tool answered before the next plan could discard, so nothing is computed twice.
        assertThat(result.usage().recomputedTokens()).isZero();
    }

    @Test
    void callsOfOneTurnAreOutTogether() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tools q");
        harness.drain();
        assertThat(harness.toolTasks).hasSize(2);
        assertThat(harness.loop.stats().paused()).isEqualTo(1);
        List<Runnable> tasks = new ArrayList<>(harness.toolTasks);
        tasks.get(1).run();
        harness.drain();
        assertThat(harness.result(generation)).isNull();
        tasks.get(0).run();
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got qq and zz");
        assertThat(harness.result(generation).timing().tools()).isPositive();
    }

    @Test
    void theModelReadsWhatWentWrong() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE, Tool.of("boom", "", "{}", args -> {
            throw new IllegalStateException("no " + args);
        }), Tool.of(new ToolSpec("nothing", "", "{}"), (call, context) -> null),
                Tool.of(new ToolSpec("later", "", "{}"),
                        (call, context) -> CompletableFuture.failedFuture(new CompletionException(
                                new IllegalArgumentException("bad")))));
        assertThat(harness.answer("call boom:luck")).isEqualTo("got error: no luck");
        assertThat(harness.answer("call nothing:x")).isEqualTo("got error: the tool 'nothing' returned nothing");
        assertThat(harness.answer("call later:x")).isEqualTo("got error: bad");
        assertThat(harness.answer("call fly:x"))
                .isEqualTo("got error: there is no tool 'fly'; the tools are double, boom, nothing, later");
        assertThat(harness.answer("call !")).isEqualTo("got error: expected name:arguments");
    }

    @Test
    void aRefusingExecutorIsAnErrorForTheModel() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsAreRefused = true;
        assertThat(harness.answer("tool a")).isEqualTo("got error: the tool 'double' could not be started");
    }

    @Test
    void aSlowToolTimesOutAndItsLateAnswerIsDropped() {
        CompletableFuture<ToolResult> slow = new CompletableFuture<>();
        List<ToolCallContext> contexts = new ArrayList<>();
        List<String> told = new ArrayList<>();
        LoopHarness harness = new LoopHarness(engine, Tool.of(new ToolSpec("double", "", "{}"), (call, context) -> {
            contexts.add(context);
            context.onCancel(() -> told.add("cancelled"));
            return slow;
        }).withTimeout(Duration.ofSeconds(2)));
        Generation generation = harness.submit("tool a");
        harness.drain();
        ToolCallContext context = contexts.getFirst();
        assertThat(context.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(2)).isPositive();
        assertThat(context.idempotencyKey()).isEqualTo("augserve-1/0/0/double/ca978112ca1bbdca");
        harness.now += Duration.ofSeconds(2).toNanos();
        harness.drain();
        slow.complete(ToolResult.of("too late"));
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got error: the tool 'double' timed out after 2000 ms");
        assertThat(context.isCancelled()).isTrue();
        assertThat(context.remaining()).isZero();
        assertThat(told).containsExactly("cancelled");
    }

    @Test
    void anAnswerGivenTwiceCountsOnce() {
        LoopHarness harness = new LoopHarness(engine, Tool.of(new ToolSpec("double", "", "{}"),
                (call, context) -> {
                    CompletableFuture<ToolResult> result = CompletableFuture.completedFuture(ToolResult.of("one"));
                    result.obtrudeValue(ToolResult.of("two"));
                    return result;
                }));
        assertThat(harness.answer("tool a")).isEqualTo("got two");
    }

    @Test
    void aToolResultThatFillsTheContextEndsWithLength() {
        LoopHarness harness = new LoopHarness(engine, Tool.of("double", "", "{}", args -> "y".repeat(300)));
        Generation generation = harness.submit("tool a");
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(engine.kvCache().free()).isEqualTo(64);
    }

    @Test
    void thePredictorIsAskedAndTold() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit(GenerationRequest.chat("tool ab").kind("test").build());
        harness.cyclesUntil(() -> !harness.toolTasks.isEmpty());
        harness.now += 2_000_000_000L - 1_000_000;
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got abab");
        assertThat(harness.predictor.calls).containsExactly("estimate test segment 0 tools []",
                "ended segment 0 after 22 tokens by calls", "estimate test segment 0 tools [double]",
                "returned from segment 0 [double] after 2.0 s with 10 tokens", "estimate test segment 1 tools []",
                "ended segment 1 after 9 tokens");
    }

    @Test
    void aBrokenPredictorHurtsNobody() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.predictor.broken = true;
        assertThat(harness.answer("tool ab")).isEqualTo("got abab");
    }
}
