package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.SafetensorsBytes;
import io.augserve.onnx.fixture.SafetensorsBytes.Tensor;
import io.augserve.onnx.graph.DecoderTensors;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.linear.Matrix;
import io.augserve.onnx.linear.ServedWeights;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.ModelDirectory;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class WeightFormatsTest {
    @TempDir
    Path folder;

    /**
     * What the file with the formats' own numbers in fp32 says, token for token. Log-probabilities agree as far as the two products, which add up in
     * different orders, let them.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void quantisedOutputIsThatOfTheDequantisedWeights(boolean tied) throws IOException {
        Path original = Files.createDirectory(folder.resolve("original"));
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.QWEN2).withTied(tied);
        checkpoint.writeTo(original);
        for (WeightFormat format : List.of(WeightFormat.INT8, WeightFormat.INT4)) {
            Path dequantised = Files.createDirectory(folder.resolve(format.name()));
            checkpoint.writeTo(dequantised);
            Files.write(dequantised.resolve("model.safetensors"),
                    SafetensorsBytes.file(dequantise(checkpoint, original, format)));
            List<OutputToken> actual = outputs(original, format);
            List<OutputToken> expected = outputs(dequantised, WeightFormat.AS_STORED);
            assertThat(actual).extracting(OutputToken::token)
                    .isEqualTo(expected.stream().map(OutputToken::token).toList());
            for (int i = 0; i < actual.size(); i++) {
                assertThat(actual.get(i).logProb()).isCloseTo(expected.get(i).logProb(), Offset.offset(1e-4f));
            }
        }
    }

    private static Map<String, Tensor> dequantise(RandomCheckpoint checkpoint, Path directory, WeightFormat format) {
        Map<String, Tensor> tensors = checkpoint.tensors();
        ModelDirectory model = ModelDirectory.open(directory);
        Set<String> lookedUp = checkpoint.tied() ? Set.of() : Set.of(DecoderTensors.EMBEDDING);
        List<String> names = DecoderTensors.matrices(model.config());
        try (Workers workers = new Workers(1);
                ServedWeights served = ServedWeights.open(model.weights(), names, lookedUp,
                        new WeightOptions(format, 32, Optional.empty()), workers)) {
            for (String name : names) {
                Matrix matrix = served.matrix(name);
                List<Float> values = new ArrayList<>();
                for (int row = 0; row < matrix.rows(); row++) {
                    for (int column = 0; column < matrix.columns(); column++) {
                        values.add(matrix.weight(row, column));
                    }
                }
                tensors.put(name, new Tensor("F32", List.of(matrix.rows(), matrix.columns()), values));
            }
        }
        return tensors;
    }

    /** Greedy tokens with their log-probabilities, of several requests at once. */
    private static List<OutputToken> outputs(Path directory, WeightFormat format) {
        Random random = new Random(3);
        OnnxEngine engine = OnnxEngine.builder(directory).weights(format).threads(2).warmUp(false).build();
        try (AugServe server = AugServe.builder(engine).build()) {
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int[] prompt = random.ints(3 + 4 * i, 0, 64).toArray();
                generations.add(server.submit(GenerationRequest.tokens(prompt)
                        .sampling(SamplingOptions.builder().maxTokens(30).ignoreEnd(true).logProbs(1).build())
                        .build()));
            }
            return generations.stream().flatMap(generation -> generation.join().tokens().stream()).toList();
        }
    }

    /** INT4 costs the small model a few answers; the others must not cost more than one in twenty. */
    @ParameterizedTest
    @EnumSource(value = WeightFormat.class, names = {"FP16", "INT8"})
    void theSmallModelAnswersInEveryFormat(WeightFormat format) {
        OnnxEngine engine = OnnxEngine.builder(HeldOut.model()).weights(format).cacheFolder(folder).warmUp(false)
                .build();
        try (AugServe server = AugServe.builder(engine).build()) {
            List<HeldOut> some = HeldOut.all().subList(0, 40);
            List<Generation> generations = some.stream()
                    .map(each -> server.submit(GenerationRequest.chat(each.prompt()).tools(each.tools()).build()))
                    .toList();
            int right = 0;
            for (int i = 0; i < some.size(); i++) {
                right += some.get(i).isRight(generations.get(i).join()) ? 1 : 0;
            }
            assertThat(right).isGreaterThanOrEqualTo(38);
        }
    }

    @Test
    void aStepReadsFewerBytesOfQuantisedWeights() throws IOException {
        RandomCheckpoint.of(Family.LLAMA).withTied(true).writeTo(folder);
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            WeightFormat format = i == 0 ? WeightFormat.FP32 : WeightFormat.INT8;
            try (OnnxEngine engine = OnnxEngine.builder(folder).weights(format).warmUp(false).build()) {
                bytes[i] = engine.meter().weightBytes();
            }
        }
        // A quarter and a scale for every 32 weights, and as much again where panels of 64 rows are half empty, as in matrices this small.
        assertThat(bytes[1]).isBetween(bytes[0] * 34 / 128, bytes[0] * 34 / 64);
    }
}
