package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.CallRule;
import io.augserve.request.ChatMessage;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputConstraint;
import io.augserve.request.RequestRejectedException;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tools that the caller runs, and what may be asked of a model's output. */
class CallersToolsTest {
    private static final ToolSpec LOOK = new ToolSpec("look", "looks", "{}");

    private final ToyEngine engine = new ToyEngine(64, 4, 200, CallersToolsTest::turn);

    /** The question is what to write; after a result, the result. */
    private static String turn(String conversation) {
        int result = conversation.lastIndexOf("R:");
        String last = conversation.substring(result < 0 ? conversation.lastIndexOf("U:") : result);
        return (result < 0 ? "" : "got ") + last.substring(2, last.indexOf('\n'));
    }

    private GenerationResult serve(LoopHarness harness, GenerationRequest request) {
        Generation generation = harness.submit(request);
        LoopHarness.Recorder recorder = LoopHarness.Recorder.of(generation);
        harness.drain();
        assertThat(recorder.kinds()).endsWith("SegmentFinished", "Done");
        return harness.result(generation);
    }

    @Test
    void callsOfDeclaredToolsAreHandedToTheCaller() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        GenerationResult result = serve(harness,
                GenerationRequest.chat("see[look:a][look:b]").declare(LOOK).build());
        assertThat(result.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(result.text()).isEqualTo("see");
        assertThat(result.segments()).hasSize(1);
        assertThat(result.segments().getFirst().calls()).containsExactly(new ToolCall("call_0_0", "look", "a"),
                new ToolCall("call_0_1", "look", "b"));
        assertThat(result.segments().getFirst().results()).isEmpty();
        assertThat(engine.known()).isZero();
        assertThat(engine.kvCache().free()).isEqualTo(64);
    }

    @Test
    void aTurnThatAlsoCallsToolsOfTheServerIsHandedOverWhole() {
        LoopHarness harness = new LoopHarness(engine);
        GenerationResult result = serve(harness,
                GenerationRequest.chat("[double:a][look:b]").tools(DOUBLE).declare(LOOK).build());
        assertThat(result.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(result.toolCalls()).isEqualTo(2);
        assertThat(result.segments().getLast().results()).isEmpty();
    }

    @Test
    void whoeverDeclaresToolsHasTheServersOnlyIfItNamesThem() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        assertThat(serve(harness, GenerationRequest.chat("[double:a]").declare(LOOK).build()).text())
                .isEqualTo("got error: there is no tool 'double'; the tools are look");
        assertThat(serve(harness, GenerationRequest.chat("[double:a]").tools(DOUBLE).declare(LOOK).build()).text())
                .isEqualTo("got aa");
    }

    @Test
    void aTurnThatCannotBeReadIsTheModelsToMend() {
        LoopHarness harness = new LoopHarness(engine);
        GenerationResult result = serve(harness, GenerationRequest.chat("[!]").declare(LOOK).build());
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.segments()).hasSize(2);
    }

    @Test
    void namesAreDistinct() {
        GenerationRequest.Builder request = GenerationRequest.chat(List.of(ChatMessage.user("a"))).tools(DOUBLE)
                .declare(new ToolSpec("double", "", "{}"));
        assertThatThrownBy(request::build).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two tools are named 'double'");
    }

    @Test
    void whatAnEngineCannotKeepIsRefused() {
        LoopHarness harness = new LoopHarness(engine);
        assertRefused(harness, OutputConstraint.answer("{}"), "the engine 'toy' cannot constrain its output");
        assertRefused(harness, OutputConstraint.NONE.withCalls(new CallRule.Named("look")),
                "the tool 'look' is to be called, but is not among the request's tools");
        assertRefused(harness, OutputConstraint.NONE.withCalls(CallRule.REQUIRED),
                "a tool is to be called, but the request has none");
        assertThat(harness.admission.inHouse()).isZero();
    }

    private static void assertRefused(LoopHarness harness, OutputConstraint constraint, String message) {
        assertThatThrownBy(() -> harness.submit(GenerationRequest.chat("q").constraint(constraint).build()))
                .isInstanceOfSatisfying(RequestRejectedException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(RequestRejectedException.Reason.INVALID);
                    assertThat(refusal).hasMessageContaining(message);
                });
    }
}
