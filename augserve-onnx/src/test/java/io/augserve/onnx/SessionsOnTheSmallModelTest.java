package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.predict.CostModel;
import io.augserve.request.ChatMessage;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.Policies;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that run their tools themselves, as frameworks do: each turn is a request that brings the whole history. */
@Timeout(300)
class SessionsOnTheSmallModelTest {
    private static final ToolSpec[] TOOLS = HeldOut.specs().toArray(ToolSpec[]::new);
    /** Conversations with two turns of calls before the answer. */
    private static final List<HeldOut> ALL = HeldOut.all().stream().filter(each -> each.calls().size() == 2).toList();

    private static AugServe.Builder server() {
        return AugServe.builder(OnnxEngine.builder(HeldOut.model()).warmUp(false).build());
    }

    /** The turns of a conversation, one after the other. */
    private static CompletableFuture<List<GenerationResult>> converse(AugServe server, HeldOut script, boolean keyed) {
        return go(server, script, keyed, new ArrayList<>(script.messages()), new ArrayList<>());
    }

    private static CompletableFuture<List<GenerationResult>> go(AugServe server, HeldOut script, boolean keyed,
            List<ChatMessage> messages, List<GenerationResult> turns) {
        GenerationRequest.Builder request = GenerationRequest.chat(List.copyOf(messages)).declare(TOOLS);
        if (keyed) {
            request.sessionKey(script.id());
        }
        return server.submit(request.build()).result().toCompletableFuture().thenComposeAsync(result -> {
            turns.add(result);
            int turn = turns.size() - 1;
            if (result.finishReason() != FinishReason.TOOL_CALLS || turn >= script.results().size()) {
                return CompletableFuture.completedFuture(turns);
            }
            messages.add(new ChatMessage(ChatMessage.Role.ASSISTANT, result.text(),
                    result.segments().getLast().calls()));
            script.results().get(turn).forEach(each -> messages.add(ChatMessage.tool(each)));
            return go(server, script, keyed, messages, turns);
        });
    }

    private static List<String> said(List<GenerationResult> turns) {
        return turns.stream().map(turn -> turn.finishReason() + " " + turn.text() + " "
                + turn.segments().getLast().calls()).toList();
    }

    /** What each conversation says if every turn computes its prompt anew, one conversation after the other. */
    private static List<List<String>> withoutRetention(List<HeldOut> scripts) {
        try (AugServe server = server().retainSessions(SessionRetention.OFF).build()) {
            return scripts.stream().map(script -> {
                List<GenerationResult> turns = converse(server, script, false).join();
                assertThat(turns).allMatch(turn -> turn.usage().cachedTokens() == 0);
                return said(turns);
            }).toList();
        }
    }

    @Test
    void theSecondAndTheThirdTurnComputeTheNewTokensOnlyAndTheAnswersAreTheSame() {
        List<List<String>> said = new ArrayList<>();
        try (AugServe server = server().build()) {
            for (HeldOut script : ALL) {
                long before = server.stats().computedTokens();
                List<GenerationResult> turns = converse(server, script, false).join();
                long expected = 0;
                int known = 1;
                for (GenerationResult turn : turns) {
                    // All that the turn before knew but the last token that it sampled.
                    assertThat(turn.usage().cachedTokens()).as(script.id()).isEqualTo(known - 1);
                    known = turn.usage().promptTokens() + turn.usage().outputTokens();
                    // Each sampled token is computed with the next step, but the last one is not.
                    expected += known - 1 - turn.usage().cachedTokens();
                }
                while (server.stats().computedTokens() - before < expected) {
                    Thread.onSpinWait();
                }
                assertThat(server.stats().computedTokens() - before).as(script.id()).isEqualTo(expected);
                said.add(said(turns));
            }
        }
        assertThat(said).isEqualTo(withoutRetention(ALL));
        assertThat(said.stream().filter(each -> each.size() == 3)).hasSizeGreaterThan(60);
    }

    @Test
    void underEveryPolicyManyAtOnceGetTheSameAnswers() {
        List<HeldOut> scripts = ALL.subList(0, 24);
        List<List<String>> expected = withoutRetention(scripts);
        for (String policy : Policies.names()) {
            // Seven of 24 contexts fit.
            OnnxEngine engine = OnnxEngine.builder(HeldOut.model()).warmUp(false).kvCacheTokens(4096)
                    .hostKvBytes(1 << 21).maxBatchTokens(256).build();
            AugServe server = AugServe.builder(engine).policy(policy)
                    .machine(new Policies.Machine(256, new CostModel(0.002, 0.00002, 0.000001))).build();
            try (server) {
                List<CompletableFuture<List<GenerationResult>>> all = new ArrayList<>();
                for (int i = 0; i < scripts.size(); i++) {
                    all.add(converse(server, scripts.get(i), i % 2 == 0));
                }
                List<List<GenerationResult>> turns = all.stream().map(CompletableFuture::join).toList();
                assertThat(turns.stream().map(SessionsOnTheSmallModelTest::said)).as(policy).isEqualTo(expected);
                System.out.println("cached prompt tokens of later turns, " + policy + ": "
                        + turns.stream().flatMap(each -> each.stream().skip(1))
                                .mapToInt(turn -> turn.usage().cachedTokens()).sum()
                        + " of " + turns.stream().flatMap(each -> each.stream().skip(1))
                                .mapToInt(turn -> turn.usage().promptTokens()).sum());
            }
            assertThat(server.stats().freeBlocks()).as(policy).isEqualTo(server.stats().capacityBlocks());
        }
    }
}
