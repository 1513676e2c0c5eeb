package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.onnx.kernel.Workers;
import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.graph.CopyingModel;
import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.graph.ExportedPagedModel;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports in the layouts of others say what the same weights say in a Hugging Face directory. */
class ExportedModelsTest {
    private static final double TOLERANCE = 1e-4;
    private static final double HALF_TOLERANCE = 0.05;
    private static final int REQUESTS = 6;

    @TempDir
    Path folder;

    private Path directory(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    static Stream<Arguments> forms() {
        return Stream.of(Form.values())
                .flatMap(form -> Stream.of(Family.LLAMA, Family.MISTRAL).map(family -> Arguments.of(form, family)));
    }

    /** Chunks of random sizes, mixed with decodes, preempted, swapped and reused at random, in a cache too small for all. */
    @ParameterizedTest
    @MethodSource("forms")
    void anExportSaysTheSameInAnyCompany(Form form, Family family) throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(family);
        List<List<OutputToken>> expected = alone(checkpoint.writeTo(directory("checkpoint")));
        Path export = ExportedDecoder.writeGenai(checkpoint, form, ElementType.FLOAT, directory("export"));
        RandomScheduler scheduler = new RandomScheduler(5, REQUESTS + 1);
        assertSame(together(export, scheduler), expected, TOLERANCE);
        assertThat(scheduler.preemptions()).isPositive();
        assertThat(scheduler.reused()).isPositive();
        assertThat(scheduler.swaps()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void weightsMayBeEmbedded(Form form, Family family) throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(family);
        List<List<OutputToken>> expected = alone(checkpoint.writeTo(directory("checkpoint")));
        Path export = ExportedDecoder.writeCommunity(checkpoint, form, directory("export"));
        assertSame(alone(export), expected, TOLERANCE);
        assertSame(alone(export.resolve("onnx/model.onnx")), expected, TOLERANCE);
    }

    /** Rounding the weights moves the logits, so only the first token's are compared. */
    @ParameterizedTest
    @MethodSource("forms")
    void exportsInHalfPrecisionComeClose(Form form, Family family) throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(family);
        List<List<OutputToken>> expected = alone(checkpoint.writeTo(directory("checkpoint")));
        Path export = ExportedDecoder.writeGenai(checkpoint, form, ElementType.FLOAT16, directory("export"));
        List<List<OutputToken>> said = alone(export);
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(said.get(i).getFirst().logProb()).isCloseTo(expected.get(i).getFirst().logProb(),
                    within((float) HALF_TOLERANCE));
        }
    }

    @Test
    void whatTheConfigurationSaysIsKnown() throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.LLAMA);
        Path export = ExportedDecoder.writeGenai(checkpoint, Form.PLAIN, ElementType.FLOAT, directory("export"));
        try (OnnxEngine engine = OnnxEngine.open(export)) {
            assertThat(engine.spec().endTokens()).containsExactlyInAnyOrder(2, 3);
            assertThat(engine.spec().maxContext()).isEqualTo(RandomCheckpoint.MAX_POSITIONS);
            assertThat(engine.spec().vocabularySize()).isEqualTo(64);
            assertThat(engine.spec().defaultSampling().topK()).isEqualTo(50);
            assertThat(engine.spec().model()).isEqualTo("export");
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aFormRunsAsItsAttentionAllows(Form form) throws IOException {
        ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), form, ElementType.FLOAT, folder);
        boolean copies = form == Form.PLAIN || form == Form.GROUPED_BIASED;
        try (Workers workers = new Workers(1); Resources resources = new Resources()) {
            ServedModel served = ServedModel.open(folder,
                    new Placement(OnnxEngine.builder(folder).maxContext(100).options(), "1.29.0"), workers, resources);
            assertThat(served.decoder()).isInstanceOf(copies ? CopyingModel.class : ExportedPagedModel.class)
                    .returns(100, DecoderModel::maxContext)
                    .satisfies(decoder -> assertThat(decoder.weightBytesPerRun()).isPositive());
        }
    }

    /** The checkpoint comes first, so what is wrong with the export beside it does not matter. */
    @Test
    void safetensorsArePreferred() throws IOException {
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        Files.write(folder.resolve("model.onnx"), new byte[]{1, 2, 3});
        assertThat(alone(folder)).hasSize(REQUESTS);
    }

    private static void assertSame(List<List<OutputToken>> actual, List<List<OutputToken>> expected,
            double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).stream().map(OutputToken::token))
                    .containsExactlyElementsOf(expected.get(i).stream().map(OutputToken::token).toList());
            for (int j = 0; j < expected.get(i).size(); j++) {
                assertThat(actual.get(i).get(j).logProb()).isCloseTo(expected.get(i).get(j).logProb(),
                        within((float) tolerance));
            }
        }
    }

    /** Prompts with 20 common tokens and up to 20 of their own. */
    private static GenerationRequest request(int i) {
        Random random = new Random(i);
        IntStream own = random.ints(1 + random.nextInt(20), 0, 64);
        int[] prompt = IntStream.concat(new Random(99).ints(20, 0, 64), own).toArray();
        return GenerationRequest.tokens(prompt)
                .sampling(SamplingOptions.builder().maxTokens(20).ignoreEnd(true).logProbs(1).build()).build();
    }

    private static List<List<OutputToken>> alone(Path model) {
        try (AugServe server = AugServe.builder(OnnxEngine.builder(model).warmUp(false).build()).build()) {
            return IntStream.range(0, REQUESTS).mapToObj(i -> server.submit(request(i)).join().tokens()).toList();
        }
    }

    private static List<List<OutputToken>> together(Path model, RandomScheduler scheduler) {
        OnnxEngine engine = OnnxEngine.builder(model).warmUp(false).threads(2).blockSize(4).kvCacheTokens(160)
                .hostKvBytes(1 << 18).maxBatchTokens(24).build();
        try (AugServe server = AugServe.builder(engine).scheduler(scheduler).toolExecutor(Runnable::run)
                .limits(Limits.DEFAULT.withMaxRunning(4)).build()) {
            Generation bystander = server
                    .submit(GenerationRequest.tokens(1).priority(RandomScheduler.BYSTANDER).build());
            List<Generation> generations = IntStream.range(0, REQUESTS).mapToObj(i -> server.submit(request(i)))
                    .toList();
            List<List<OutputToken>> said = generations.stream().map(each -> each.join().tokens()).toList();
            bystander.cancel();
            return said;
        }
    }
}
