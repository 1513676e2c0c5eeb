package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.request.CallRule;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputConstraint;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.SegmentResult;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * What a request says is a matter of its own: not of its batch mates, of the chunks in which its prompt is computed, or
 * of how often its KV is lost and recomputed, taken from others, or moved to host memory and back. Every request is served
 * alone, first come, first served; then all of them by {@link RandomScheduler} in a KV cache too small for all of them; the
 * tokens must be the same, and so must the text, the calls and the end.
 *
 * <p>Matrix products of different heights add up in a different order, so logits agree to about 1e-6 and not to the bit;
 * two that lie closer, or a variate so near to a boundary, would flip a token. Scaling the logits would not help, the
 * rounding would grow with the gaps; but with the seeds given here none is so close, and the runs repeat: all that is
 * random is drawn from the seed, and nothing depends on the time.
 */
class ScheduleIndependenceProperties {
    private static final int VOCABULARY = 64;
    /** A few blocks of the small model, some dozens of the random ones. */
    private static final long HOST_BYTES = 1 << 20;
    private static final List<HeldOut> QUESTIONS = HeldOut.all();

    /** What must be the same. */
    private record Said(List<Integer> tokens, FinishReason end, List<SegmentResult> segments) {
        static Said by(GenerationResult result) {
            return new Said(result.tokens().stream().map(OutputToken::token).toList(), result.finishReason(),
                    result.segments());
        }
    }

    @Property(tries = 40, seed = "1", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void randomWeightsSayTheSameInAnyCompany(@ForAll Family family, @ForAll boolean tied, @ForAll long seed)
            throws IOException {
        saysTheSameInAnyCompany(family, tied, seed, Device.cpu());
    }

    /** Copies by sessions, inputs that are copied when they are bound, and sampling from the highest logits where that is enough. */
    @Property(tries = 40, seed = "4", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void aDeviceSaysWhatTheProcessorDoes(@ForAll Family family, @ForAll boolean tied, @ForAll long seed)
            throws IOException {
        saysTheSameInAnyCompany(family, tied, seed, Device.rehearsal());
    }

    private static void saysTheSameInAnyCompany(Family family, boolean tied, long seed, Device device)
            throws IOException {
        Path directory = Files.createTempDirectory("augserve-random");
        try {
            RandomCheckpoint.of(family).withTied(tied).withSeed(seed).writeTo(directory);
            Random random = new Random(seed);
            int[] common = random.ints(24, 0, VOCABULARY).toArray();
            List<GenerationRequest> requests = IntStream.range(0, 2 + random.nextInt(6))
                    .mapToObj(i -> randomRequest("request-" + i, common, random)).toList();
            List<Said> alone;
            try (AugServe server = AugServe.builder(engine(directory, random, 96, 16)).build()) {
                alone = requests.stream().map(request -> Said.by(server.submit(request).join())).toList();
            }
            RandomScheduler scheduler = new RandomScheduler(seed, requests.size() + 1);
            assertThat(together(builder(directory, random, 96, 16).device(device).deviceTopK(12).build(), scheduler,
                    random, requests)).isEqualTo(alone);
        } finally {
            delete(directory);
        }
    }

    /** 1 to 40 prompt tokens, some of them as others have them, and 1 to 40 output tokens: together well below the 96 of the cache. */
    private static GenerationRequest randomRequest(String id, int[] common, Random random) {
        int[] prompt = random.ints(1 + random.nextInt(40), 0, VOCABULARY).toArray();
        System.arraycopy(common, 0, prompt, 0, Math.min(prompt.length, random.nextInt(common.length + 1)));
        SamplingOptions.Builder sampling = random.nextBoolean()
                ? SamplingOptions.builder()
                : nucleus(random.nextLong());
        sampling.maxTokens(1 + random.nextInt(40)).ignoreEnd(random.nextBoolean());
        if (random.nextInt(4) == 0) {
            sampling.repetitionPenalty(1.2).presencePenalty(0.3).frequencyPenalty(0.2);
        }
        return GenerationRequest.tokens(prompt).id(id).sampling(sampling.build()).build();
    }

    @Property(tries = 3, seed = "2", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void theSmallModelAnswersTheSameInAnyCompany(@ForAll long seed) {
        smallModel(seed, i -> SamplingOptions.greedy());
    }

    @Property(tries = 2, seed = "3", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void theSmallModelDrawsTheSameInAnyCompany(@ForAll long seed) {
        assertThat(smallModel(seed, i -> hot(i))).as("other seeds, other draws")
                .isNotEqualTo(smallModel(seed, i -> hot(i + 1000)));
    }

    /** Where a constrained turn stands is read from the tokens alone. */
    @Property(tries = 3, seed = "5", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void underAConstraintItDrawsTheSameInAnyCompany(@ForAll long seed) {
        OutputConstraint strict = OutputConstraint.strictCalls();
        List<OutputConstraint> constraints = List.of(strict, strict.withCalls(CallRule.REQUIRED), OutputConstraint.NONE,
                strict.withSingleCalls(), OutputConstraint.answer("{\"type\": \"string\", \"maxLength\": 60}"));
        smallModel(seed, i -> hot(i), i -> constraints.get(i % constraints.size()));
    }

    /** The small model is so sure of itself that at 0.8 every draw would be its first choice. */
    private static SamplingOptions hot(long seed) {
        return SamplingOptions.builder().temperature(2.5).topP(0.98).seed(seed).maxTokens(120).build();
    }

    private static SamplingOptions.Builder nucleus(long seed) {
        return SamplingOptions.builder().temperature(0.8).topP(0.9).seed(seed);
    }

    private static List<Said> smallModel(long seed, IntFunction<SamplingOptions> sampling) {
        return smallModel(seed, sampling, i -> OutputConstraint.NONE);
    }

    /** What was said, which was the same alone and together. */
    private static List<Said> smallModel(long seed, IntFunction<SamplingOptions> sampling,
            IntFunction<OutputConstraint> constraint) {
        Random random = new Random(seed);
        List<Integer> asked = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        Collections.shuffle(asked, random);
        asked = asked.subList(0, 5);
        RandomScheduler scheduler = new RandomScheduler(seed, asked.size() + 1);
        List<GenerationRequest> requests = asked.stream()
                .map(i -> question(i, sampling.apply(i), constraint.apply(i), scheduler::heldBack)).toList();
        List<Said> alone = alone(asked, sampling, constraint);
        assertThat(alone).anySatisfy(said -> assertThat(said.segments()).hasSizeGreaterThan(1));
        assertThat(together(engine(HeldOut.model(), random, 1280, 128), scheduler, random, requests)).isEqualTo(alone);
        assertThat(scheduler.preemptions()).isPositive();
        assertThat(scheduler.discards()).isPositive();
        assertThat(scheduler.swaps()).isPositive();
        assertThat(scheduler.reused()).isPositive();
        return alone;
    }

    private static List<Said> alone(List<Integer> asked, IntFunction<SamplingOptions> sampling,
            IntFunction<OutputConstraint> constraint) {
        try (AugServe server = AugServe.builder(OnnxEngine.open(HeldOut.model())).build()) {
            return asked.stream()
                    .map(i -> Said.by(server
                            .submit(question(i, sampling.apply(i), constraint.apply(i), tool -> tool)).join()))
                    .toList();
        }
    }

    private static GenerationRequest question(int i, SamplingOptions sampling, OutputConstraint constraint,
            UnaryOperator<Tool> wrapper) {
        HeldOut heldOut = QUESTIONS.get(i * 7 % QUESTIONS.size());
        Tool[] tools = Stream.of(heldOut.tools()).map(wrapper).toArray(Tool[]::new);
        return GenerationRequest.chat(heldOut.prompt()).id(heldOut.id()).tools(tools).sampling(sampling)
                .constraint(tools.length == 0 ? OutputConstraint.NONE : constraint).build();
    }

    private static OnnxEngine engine(Path directory, Random random, int cacheTokens, int batchTokens) {
        return builder(directory, random, cacheTokens, batchTokens).build();
    }

    private static OnnxEngine.Builder builder(Path directory, Random random, int cacheTokens, int batchTokens) {
        return OnnxEngine.builder(directory).warmUp(false).threads(1 + random.nextInt(2))
                .blockSize(4 << random.nextInt(3))
                .kvCacheTokens(cacheTokens).hostKvBytes(HOST_BYTES).maxBatchTokens(batchTokens << random.nextInt(2));
    }

    private static List<Said> together(OnnxEngine engine, RandomScheduler scheduler, Random random,
            List<GenerationRequest> requests) {
        int maxRunning = 1 + random.nextInt(requests.size() + 1);
        AugServe server = AugServe.builder(engine).scheduler(scheduler).toolExecutor(Runnable::run)
                .limits(Limits.DEFAULT.withMaxRunning(maxRunning)).build();
        List<Said> together;
        try (server) {
            Generation bystander = server
                    .submit(GenerationRequest.tokens(1).id("bystander").priority(RandomScheduler.BYSTANDER).build());
            List<Generation> generations = requests.stream().map(server::submit).toList();
            together = generations.stream().map(generation -> Said.by(generation.join())).toList();
            bystander.cancel();
        }
        assertThat(server.stats().freeBlocks()).isEqualTo(server.stats().capacityBlocks());
        return together;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
