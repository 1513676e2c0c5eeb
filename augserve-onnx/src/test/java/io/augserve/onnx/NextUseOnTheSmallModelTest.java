package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.predict.Predictor;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two requests give up their KV while their tools are out, first the one that is expected back soon; then a third one needs all that was never used and
 * two blocks more.
 */
@Timeout(300)
class NextUseOnTheSmallModelTest {
    private static final int BLOCK = 16;
    private static final int BLOCKS = 64;
    private static final int LOST = 2;
    private static final Map<String, String> QUESTIONS = Map.of("soon", "What is 37 * 12?", "late",
            "What is the weather in Oslo?");
    private static final Predictor BY_KIND = request -> new SegmentEstimate(20, request.kind().equals("soon") ? 1 : 600,
            10);

    /** A request whose tool answers when it is told to. */
    private static final class Asking {
        final CompletableFuture<Void> called = new CompletableFuture<>();
        final CompletableFuture<ToolResult> answer = new CompletableFuture<>();
        final Generation generation;

        Asking(AugServe server, String kind) {
            Tool[] tools = HeldOut.specs().stream().map(spec -> Tool.of(spec, (call, context) -> {
                called.complete(null);
                return answer;
            })).toArray(Tool[]::new);
            generation = server.submit(GenerationRequest.chat(QUESTIONS.get(kind)).kind(kind).tools(tools).build());
            called.join();
        }

        GenerationResult comesBack() {
            answer.complete(ToolResult.of("91"));
            return generation.join();
        }

        /** Tokens in its blocks when its tool was called. */
        static int computed(GenerationResult result) {
            return result.usage().promptTokens() + result.segments().getFirst().outputTokens() - 1;
        }
    }

    private static AugServe server(String policy) {
        return AugServe.builder(OnnxEngine.builder(HeldOut.model()).warmUp(false).kvCacheTokens(BLOCKS * BLOCK).build())
                .policy(policy).predictor(BY_KIND).build();
    }

    @Test
    void whoIsExpectedSoonFindsItsContextWhereLastUseWouldHaveLostIt() {
        Map<String, Integer> byNextUse = recomputed("vllm-v1-next-use", List.of("soon", "late"));
        Map<String, Integer> byLastUse = recomputed("vllm-v1", List.of("late", "soon"));
        System.out.println("recomputed tokens by next use: " + byNextUse + ", by last use: " + byLastUse);
        assertThat(byNextUse.get("soon")).isLessThan(BLOCK);
        assertThat(byLastUse.get("soon")).isEqualTo(byNextUse.get("soon") + LOST * BLOCK);
        assertThat(byLastUse.get("late")).isLessThan(BLOCK);
        assertThat(byNextUse.get("late")).isEqualTo(byLastUse.get("late") + LOST * BLOCK);
    }

    /** Blocks of both contexts when no block is lost, counted on a server where nobody else is. */
    private static int keptBlocks() {
        try (AugServe server = server("vllm-v1")) {
            GenerationResult first = new Asking(server, "soon").comesBack();
            GenerationResult second = new Asking(server, "late").comesBack();
            int common = second.usage().cachedTokens() / BLOCK;
            int soon = Asking.computed(first) / BLOCK;
            int late = Asking.computed(second) / BLOCK;
            assertThat(Math.min(soon, late) - common).as("blocks that they do not share")
                    .isGreaterThanOrEqualTo(LOST);
            return soon + late - common;
        }
    }

    private static Map<String, Integer> recomputed(String policy, List<String> comeBack) {
        int tokens = (BLOCKS - keptBlocks() + LOST) * BLOCK - 1;
        Map<String, Integer> recomputed = new HashMap<>();
        try (AugServe server = server(policy)) {
            Map<String, Asking> asking = new HashMap<>();
            for (String kind : List.of("soon", "late")) {
                asking.put(kind, new Asking(server, kind));
            }
            server.submit(GenerationRequest.tokens(IntStream.range(0, tokens).map(i -> 100 + i % 7).toArray())
                    .sampling(SamplingOptions.builder().maxTokens(1).ignoreEnd(true).build()).build()).join();
            for (String kind : comeBack) {
                recomputed.put(kind, asking.get(kind).comesBack().usage().recomputedTokens());
            }
        }
        return recomputed;
    }
}
