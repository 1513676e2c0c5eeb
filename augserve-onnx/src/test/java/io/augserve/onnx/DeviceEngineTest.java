package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.AugServe;
import io.augserve.engine.Ticker;
import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.Profiler;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputConstraint;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.TokenLogProb;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way of a device, rehearsed on the processor, against the processor's own. */
class DeviceEngineTest {
    /** Weights, activations and cache rounded to 11 bits, through two layers. */
    private static final double HALF_ERROR = 0.02;

    @TempDir
    Path folder;

    private static SamplingOptions sampling(int i) {
        SamplingOptions.Builder options = SamplingOptions.builder().maxTokens(20).ignoreEnd(true);
        return switch (i) {
            case 0 -> options.logProbs(3).build();
            case 1 -> options.temperature(0.9).topK(5).seed(4).build();
            case 2 -> options.temperature(1.1).topP(0.6).seed(5).logProbs(2).build();
            case 3 -> options.temperature(1.5).topP(0.99).minP(0.001).seed(6).build();
            case 4 -> options.temperature(0.8).topK(40).seed(7).repetitionPenalty(1.3).frequencyPenalty(0.2).build();
            case 5 -> options.logitBias(Map.of(7, 3f)).build();
            default -> options.temperature(1).minP(0.4).seed(8).build();
        };
    }

    private static List<List<OutputToken>> say(OnnxEngine.Builder builder) {
        Random random = new Random(1);
        try (AugServe server = AugServe.builder(builder.warmUp(false).kvCacheTokens(512).build()).build()) {
            List<Generation> generations = IntStream.range(0, 7).mapToObj(i -> server.submit(GenerationRequest
                    .tokens(random.ints(10 + i, 0, 64).toArray()).sampling(sampling(i)).build())).toList();
            return generations.stream().map(generation -> generation.join().tokens()).toList();
        }
    }

    private static void assertSame(List<List<OutputToken>> actual, List<List<OutputToken>> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).as("request %d", i).extracting(OutputToken::token)
                    .isEqualTo(expected.get(i).stream().map(OutputToken::token).toList());
            for (int j = 0; j < expected.get(i).size(); j++) {
                OutputToken a = actual.get(i).get(j);
                OutputToken b = expected.get(i).get(j);
                assertThat(a.top()).extracting(TokenLogProb::token)
                        .isEqualTo(b.top().stream().map(TokenLogProb::token).toList());
                if (!Float.isNaN(b.logProb())) {
                    assertThat(a.logProb()).isCloseTo(b.logProb(), within(1e-4f));
                }
            }
        }
    }

    /** With a third of the vocabulary coming back, so that some rows are enough and some are not. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void tokensAreThoseOfTheProcessor(Family family) throws IOException {
        RandomCheckpoint.of(family).writeTo(folder);
        List<List<OutputToken>> expected = say(OnnxEngine.builder(folder));
        assertSame(say(OnnxEngine.builder(folder).device(Device.rehearsal()).deviceTopK(20)), expected);
    }

    @Test
    void allOrNothingMayComeBack() throws IOException {
        RandomCheckpoint.of(Family.QWEN2).writeTo(folder);
        List<List<OutputToken>> expected = say(OnnxEngine.builder(folder));
        for (int topK : new int[]{0, 1, 64}) {
            assertSame(say(OnnxEngine.builder(folder).device(Device.rehearsal()).deviceTopK(topK)), expected);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Form.class, names = {"PAGED", "GROUPED"})
    void exportsTakeTheSameWay(Form form) throws IOException {
        ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), form, ElementType.FLOAT, folder);
        assertSame(say(OnnxEngine.builder(folder).device(Device.rehearsal()).deviceTopK(20)),
                say(OnnxEngine.builder(folder)));
    }

    @Test
    void anExportThatCopiesIsRefused() throws IOException {
        ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), Form.PLAIN, ElementType.FLOAT, folder);
        assertThatThrownBy(() -> OnnxEngine.builder(folder).device(Device.rehearsal()).build())
                .isInstanceOf(OnnxEngineException.class).hasMessageContaining("paged form");
    }

    /** The graph that CUDA gets, run by ONNX Runtime's operators for the processor, which compute in fp32 between roundings. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void theGraphInHalfPrecisionIsNearlyTheSame(Family family) throws IOException {
        RandomCheckpoint.of(family).withDtype("F16").writeTo(folder);
        OutputToken full = first(OnnxEngine.builder(folder));
        OutputToken half = first(OnnxEngine.builder(folder).device(Device.rehearsal()).weights(WeightFormat.FP16));
        double worst = full.top().stream().flatMapToDouble(a -> half.top().stream()
                .filter(b -> b.token() == a.token()).mapToDouble(b -> Math.abs(a.logProb() - b.logProb()))).max()
                .orElseThrow();
        assertThat(worst).as(family.name()).isPositive().isLessThan(HALF_ERROR);
    }

    private static OutputToken first(OnnxEngine.Builder builder) {
        try (AugServe server = AugServe.builder(builder.warmUp(false).kvCacheTokens(256).build()).build()) {
            return server.submit(GenerationRequest.tokens(new Random(1).ints(60, 0, 64).toArray())
                    .sampling(SamplingOptions.builder().maxTokens(1).ignoreEnd(true).logProbs(20).build()).build())
                    .join().tokens().getFirst();
        }
    }

    /** Masked rows are fetched whole, also beside rows that are not. */
    @Test
    void constrainedTextsAreThoseOfTheProcessor() {
        assertThat(constrained(OnnxEngine.builder(HeldOut.model()).device(Device.rehearsal()).deviceTopK(8)))
                .isEqualTo(constrained(OnnxEngine.builder(HeldOut.model())));
    }

    private static List<String> constrained(OnnxEngine.Builder builder) {
        OutputConstraint place = OutputConstraint.answer("""
                {"type": "object", "properties": {"city": {"type": "string", "maxLength": 12}, "sky": {"enum": ["sun",
                 "rain"]}}, "required": ["city", "sky"], "additionalProperties": false}""");
        try (AugServe server = AugServe.builder(builder.build()).build()) {
            List<Generation> generations = IntStream.range(0, 6).mapToObj(i -> {
                SamplingOptions sampling = SamplingOptions.builder().temperature(2).topK(6).seed(i).maxTokens(60)
                        .build();
                GenerationRequest.Builder request = GenerationRequest.chat(HeldOut.all().get(i).prompt())
                        .sampling(sampling);
                return server.submit((i % 2 == 0 ? request.constraint(place) : request).build());
            }).toList();
            return generations.stream().map(generation -> generation.join().text()).toList();
        }
    }

    /** What a scheduler weighs swaps with comes from the device's own copies. */
    @Test
    void swapsAreMeasured() throws IOException {
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        try (OnnxEngine engine = OnnxEngine.builder(folder).device(Device.rehearsal()).warmUp(false)
                .hostKvBytes(1 << 20).build()) {
            EngineProfile profile = Profiler.measure(engine, Ticker.system(), Duration.ofMillis(50));
            assertThat(profile.swapSecondsPerToken()).isPositive();
            assertThat(profile.hostBlocks()).isPositive();
            assertThat(profile.steps()).isNotEmpty();
            assertThat(engine.kvCache().free()).isEqualTo(engine.kvCache().capacity());
        }
    }
}
