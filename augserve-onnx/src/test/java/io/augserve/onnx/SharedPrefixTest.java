package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.schedule.Policies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the cache is not computed again, whoever computed it. */
class SharedPrefixTest {
    private static final int COMMON = 104;
    private static final int OWN = 5;
    private static final int OUTPUT = 4;

    @TempDir
    Path folder;

    @BeforeEach
    void writeModel() throws Exception {
        RandomCheckpoint.of(RandomCheckpoint.Family.LLAMA).writeTo(folder);
    }

    private AugServe server(String policy) {
        return AugServe.builder(OnnxEngine.builder(folder).warmUp(false).kvCacheTokens(640).maxBatchTokens(64).build())
                .policy(policy).build();
    }

    /** A prompt with a common beginning and a few tokens of its own. */
    private static GenerationRequest request(int i) {
        return request(COMMON, i);
    }

    private static GenerationRequest request(int common, int i) {
        IntStream prompt = IntStream.concat(IntStream.range(0, common).map(token -> token * 7 % 61),
                IntStream.range(0, OWN).map(token -> (i + token * token) % 64));
        return GenerationRequest.tokens(prompt.toArray())
                .sampling(SamplingOptions.builder().maxTokens(OUTPUT).ignoreEnd(true).build()).build();
    }

    private static List<Integer> tokens(GenerationResult result) {
        return result.tokens().stream().map(OutputToken::token).toList();
    }

    /** What a server said to requests, the first of them alone, and the server after it was closed. */
    private record Run(AugServe server, List<List<Integer>> said) {
        static Run of(AugServe server, int requests) {
            List<List<Integer>> said = new ArrayList<>();
            try (server) {
                said.add(tokens(server.submit(request(0)).join()));
                IntStream.range(1, requests).mapToObj(i -> server.submit(request(i))).toList()
                        .forEach(generation -> said.add(tokens(generation.join())));
            }
            return new Run(server, said);
        }
    }

    @Test
    void aSystemPromptIsComputedOnceForEightRequests() {
        Run reusing = Run.of(server("vllm-v1"), 8);
        Run recomputing = Run.of(server("fcfs"), 8);
        // 104 common tokens are 6 blocks of 16 and a half one. The last sampled token is never computed.
        int each = COMMON - 96 + OWN + OUTPUT - 1;
        assertThat(reusing.server().stats().computedTokens()).isEqualTo(96 + 8 * each);
        assertThat(recomputing.server().stats().computedTokens()).isEqualTo(8 * (96 + each));
        assertThat(reusing.said()).isEqualTo(recomputing.said());
    }

    /** 100 requests that arrive together, with 1,000 common tokens: 62 blocks of 16 and a half one. */
    @Test
    void aHundredRequestsAtOnceComputeTheirCommonPrefixOnce() throws Exception {
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"max_position_embeddings\": 128",
                "\"max_position_embeddings\": 1100"));
        AugServe recomputing = longPrompts("fcfs");
        List<List<Integer>> expected = allAtOnce(recomputing);
        int each = 1000 - 992 + OWN + OUTPUT - 1;
        for (String policy : List.of("vllm-v1", "goodput")) {
            AugServe reusing = longPrompts(policy);
            assertThat(allAtOnce(reusing)).as(policy).isEqualTo(expected);
            assertThat(reusing.stats().computedTokens()).as(policy).isEqualTo(992 + 100 * each);
        }
        assertThat(recomputing.stats().computedTokens()).isEqualTo(100 * (992 + each));
    }

    private AugServe longPrompts(String policy) {
        return AugServe
                .builder(OnnxEngine.builder(folder).warmUp(false).maxContext(1100).kvCacheTokens(8192).build())
                .policy(policy).build();
    }

    private static List<List<Integer>> allAtOnce(AugServe server) {
        try (server) {
            return IntStream.range(0, 100).mapToObj(i -> server.submit(request(1000, i))).toList().stream()
                    .map(generation -> tokens(generation.join())).toList();
        }
    }

    /** Twelve blocks hold one context of seven and most of another, but several that share six blocks. */
    @Test
    void everyPolicyCountsRightInATightCache() {
        List<List<Integer>> expected = Run.of(server("fcfs"), 10).said();
        for (String policy : Policies.names()) {
            OnnxEngine engine = OnnxEngine.builder(folder).warmUp(false).kvCacheTokens(192).hostKvBytes(1 << 16)
                    .maxBatchTokens(64).build();
            Run run = Run.of(AugServe.builder(engine).policy(policy).build(), 10);
            assertThat(run.said()).as(policy).isEqualTo(expected);
            assertThat(run.server().stats().freeBlocks()).as(policy).isEqualTo(12);
        }
    }

    @Test
    void aPromptThatIsThereToTheLastTokenComputesItsLastBlock() {
        int[] prompt = IntStream.range(0, 64).map(i -> i % 61).toArray();
        GenerationRequest request = GenerationRequest.tokens(prompt)
                .sampling(SamplingOptions.builder().maxTokens(1).ignoreEnd(true).build()).build();
        try (AugServe server = server("vllm-v1")) {
            GenerationResult first = server.submit(request).join();
            GenerationResult second = server.submit(request).join();
            assertThat(first.usage().reusedTokens()).isZero();
            assertThat(second.usage().reusedTokens()).isEqualTo(48);
            assertThat(tokens(second)).isEqualTo(tokens(first));
        }
    }
}
