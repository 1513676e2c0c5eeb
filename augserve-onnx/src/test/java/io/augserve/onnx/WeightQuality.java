package io.augserve.onnx;

import io.augserve.AugServe;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.TokenLogProb;
import io.augserve.tool.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What a weight format costs in quality: every token of some outputs is asked for again with all tokens before it given, and its distribution is
 * compared with the one that fp32 gives. The outputs are fp32's own greedy ones, so fp32 has the least perplexity there can be.
 *
 * <p>Logits are only defined up to a constant; their error is that of log-probabilities, over the ten tokens that fp32 finds most likely.
 */
final class WeightQuality {
    /** Tokens whose log-probabilities are compared. */
    private static final int COMPARED = 10;
    private static final int REPORTED = 100;

    private final Path model;
    private final Path cacheFolder;
    private final List<Text> texts;
    private final List<OutputToken> reference;

    /** A prompt and what fp32 says to it. */
    private record Text(int[] prompt, int[] output) {}

    /**
     * What a format costs.
     *
     * @param perplexity of the outputs
     * @param rmsError of log-probabilities against fp32's
     * @param maxError the largest of them
     * @param sameToken share of positions at which the most likely token is fp32's
     */
    record Quality(String model, WeightFormat format, int group, int tokens, double perplexity, double rmsError,
            double maxError, double sameToken) {
        String json() {
            return String.format(Locale.ROOT, "{\"model\": \"%s\", \"format\": \"%s\", \"group\": %d, \"tokens\": %d, "
                    + "\"perplexity\": %.4f, \"logprob_rms_error\": %.5f, \"logprob_max_error\": %.4f, \"same_token\": %.4f}",
                    model, format.name().toLowerCase(Locale.ROOT), group, tokens, perplexity, rmsError, maxError,
                    sameToken);
        }
    }

    private WeightQuality(Path model, Path cacheFolder, List<int[]> prompts, int longest) {
        this.model = model;
        this.cacheFolder = cacheFolder;
        this.texts = texts(prompts, longest);
        this.reference = asked(WeightFormat.FP32, WeightOptions.DEFAULT_GROUP);
    }

    /** On questions that the small model has not seen. */
    static WeightQuality ofSmallModel(Path cacheFolder, int questions) {
        List<int[]> prompts = new ArrayList<>();
        try (OnnxEngine engine = OnnxEngine.builder(HeldOut.model()).warmUp(false).build()) {
            for (HeldOut each : HeldOut.all().subList(0, questions)) {
                List<ToolSpec> tools = each.withTools() ? HeldOut.specs() : List.of();
                prompts.add(engine.chatFormat().orElseThrow().encodeChat(each.messages(), tools));
            }
        }
        return new WeightQuality(HeldOut.model(), cacheFolder, prompts, 40);
    }

    /** On random tokens. */
    static WeightQuality ofRandomModel(Path model, Path cacheFolder, int vocabulary, int prompts, int longest) {
        Random random = new Random(1);
        List<int[]> tokens = new ArrayList<>();
        for (int i = 0; i < prompts; i++) {
            tokens.add(random.ints(40, 0, vocabulary).toArray());
        }
        return new WeightQuality(model, cacheFolder, tokens, longest);
    }

    private AugServe server(WeightFormat format, int group) {
        return AugServe.builder(OnnxEngine.builder(model).weights(format).groupSize(group).cacheFolder(cacheFolder)
                .warmUp(false).build()).policy("vllm-v1").build();
    }

    private List<Text> texts(List<int[]> prompts, int longest) {
        SamplingOptions greedy = SamplingOptions.builder().maxTokens(longest).build();
        try (AugServe server = server(WeightFormat.FP32, WeightOptions.DEFAULT_GROUP)) {
            List<Generation> generations = prompts.stream()
                    .map(prompt -> server.submit(GenerationRequest.tokens(prompt).tools().sampling(greedy).build()))
                    .toList();
            List<Text> made = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                made.add(new Text(prompts.get(i),
                        generations.get(i).join().tokens().stream().mapToInt(OutputToken::token).toArray()));
            }
            return made;
        }
    }

    /** The model's choice at every position of every output. */
    private List<OutputToken> asked(WeightFormat format, int group) {
        SamplingOptions one = SamplingOptions.builder().maxTokens(1).ignoreEnd(true).logProbs(REPORTED).build();
        try (AugServe server = server(format, group)) {
            List<OutputToken> all = new ArrayList<>();
            for (Text text : texts) {
                int[] known = Arrays.copyOf(text.prompt(), text.prompt().length + text.output().length);
                System.arraycopy(text.output(), 0, known, text.prompt().length, text.output().length);
                List<Generation> generations = new ArrayList<>();
                for (int i = 0; i < text.output().length; i++) {
                    generations.add(server.submit(
                            GenerationRequest.tokens(Arrays.copyOf(known, text.prompt().length + i)).tools()
                                    .sampling(one).build()));
                }
                generations.forEach(generation -> all.add(generation.join().tokens().getFirst()));
            }
            return all;
        }
    }

    /** Measures a format. */
    Quality of(WeightFormat format, int group) {
        List<OutputToken> actual = asked(format, group);
        List<Integer> outputs = texts.stream().flatMap(text -> Arrays.stream(text.output()).boxed()).toList();
        double surprise = 0;
        double squares = 0;
        double largest = 0;
        int compared = 0;
        int same = 0;
        for (int i = 0; i < actual.size(); i++) {
            Map<Integer, Float> logProbs = actual.get(i).top().stream()
                    .collect(Collectors.toMap(TokenLogProb::token, TokenLogProb::logProb));
            float least = actual.get(i).top().getLast().logProb();
            surprise -= logProbs.getOrDefault(outputs.get(i), least);
            same += actual.get(i).token() == reference.get(i).token() ? 1 : 0;
            for (TokenLogProb expected : reference.get(i).top().subList(0, COMPARED)) {
                double error = Math.abs(logProbs.getOrDefault(expected.token(), least) - expected.logProb());
                squares += error * error;
                largest = Math.max(largest, error);
                compared++;
            }
        }
        return new Quality(String.valueOf(model.getFileName()), format, group, actual.size(),
                Math.exp(surprise / actual.size()), Math.sqrt(squares / compared), largest,
                (double) same / actual.size());
    }

    /** All formats. */
    List<Quality> all() {
        List<Quality> all = new ArrayList<>();
        for (WeightFormat format : new WeightFormat[]{WeightFormat.FP32, WeightFormat.FP16, WeightFormat.BF16}) {
            all.add(of(format, WeightOptions.DEFAULT_GROUP));
        }
        for (WeightFormat format : new WeightFormat[]{WeightFormat.INT8, WeightFormat.INT4}) {
            for (int group : new int[]{32, 64, 128}) {
                all.add(of(format, group));
            }
        }
        return all;
    }

    /** Writes the figures of the small model and of a random one. */
    static void write(Path file, Path folder) throws IOException {
        Path random = Files.createDirectories(folder.resolve("random-llama-576x8"));
        Files.writeString(random.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 576, "intermediate_size": 1536,
                "num_hidden_layers": 8, "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 8192,
                "max_position_embeddings": 2048, "rms_norm_eps": 1e-05, "rope_theta": 10000,
                "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "bfloat16"}
                """);
        RandomWeights.write(random, 1);
        List<Quality> all = new ArrayList<>(ofSmallModel(folder, 100).all());
        all.addAll(ofRandomModel(random, folder, 8192, 10, 20).all());
        Files.writeString(file, all.stream().map(Quality::json).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
    }
}
