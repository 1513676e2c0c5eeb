package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache of half precision: half the memory, nearly the same probabilities, and the same words of a model that is sure of itself. */
class KvTypeTest {
    /** A relative error of 2^-11 of keys and values, through a few layers. */
    private static final double LOG_PROB_ERROR = 0.01;

    @TempDir
    Path folder;

    private static List<OutputToken> say(Path model, KvType type) {
        try (AugServe server = AugServe
                .builder(OnnxEngine.builder(model).kvType(type).kvCacheTokens(256).warmUp(false).build()).build()) {
            int[] prompt = new Random(1).ints(60, 0, 64).toArray();
            return server.submit(GenerationRequest.tokens(prompt)
                    .sampling(SamplingOptions.builder().maxTokens(1).ignoreEnd(true).logProbs(20).build()).build())
                    .join().tokens();
        }
    }

    @Test
    void probabilitiesStayWithinTheRounding() throws Exception {
        for (Family family : Family.values()) {
            RandomCheckpoint.of(family).withSeed(5).writeTo(folder);
            OutputToken full = say(folder, KvType.FP32).getFirst();
            OutputToken half = say(folder, KvType.FP16).getFirst();
            double worst = full.top().stream().flatMapToDouble(a -> half.top().stream()
                    .filter(b -> b.token() == a.token()).mapToDouble(b -> Math.abs(a.logProb() - b.logProb()))).max()
                    .orElseThrow();
            assertThat(worst).as(family.name()).isPositive().isLessThan(LOG_PROB_ERROR);
        }
    }

    /** Preempted, swapped and shared by a random scheduler in a cache too small for all. */
    @Test
    void theSmallModelAnswersAsBefore() {
        List<HeldOut> asked = HeldOut.all().subList(0, 12);
        RandomScheduler scheduler = new RandomScheduler(3, asked.size() + 1);
        OnnxEngine engine = OnnxEngine.builder(HeldOut.model()).kvType(KvType.FP16).kvCacheTokens(1280)
                .hostKvBytes(1 << 20).maxBatchTokens(128).warmUp(false).build();
        try (AugServe server = AugServe.builder(engine).scheduler(scheduler).toolExecutor(Runnable::run).build()) {
            var bystander = server.submit(GenerationRequest.tokens(1).priority(RandomScheduler.BYSTANDER).build());
            var generations = asked.stream()
                    .map(each -> server.submit(GenerationRequest.chat(each.prompt()).tools(each.tools()).build()))
                    .toList();
            IntStream.range(0, asked.size()).forEach(i -> assertThat(generations.get(i).join().text())
                    .isEqualTo(asked.get(i).answer()));
            bystander.cancel();
        }
        assertThat(scheduler.swaps()).isPositive();
        assertThat(scheduler.reused()).isPositive();
    }
}
