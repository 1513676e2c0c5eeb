package io.augserve.jmh;

import io.augserve.AugServe;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Tokens a second with a constraint and without, in turns in one process: batches of requests that write the same number of tokens, one half
 * of the batches strings in an array, the other half whatever comes. Arguments: the model's directory, and requests at a time.
 */
public final class ConstrainedServing {
    private static final int ROUNDS = 15;
    private static final int TOKENS = 128;
    private static final OutputConstraint STRINGS = OutputConstraint
            .answer("{\"type\": \"array\", \"items\": {\"type\": \"string\", \"minLength\": 3}, \"minItems\": 1000}");

    private ConstrainedServing() {}

    /** Prints the medians and their ratio. */
    public static void main(String[] args) {
        Path model = Path.of(args.length > 0 ? args[0] : "models/tiny-tools");
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 16;
        double[] free = new double[ROUNDS];
        double[] bound = new double[ROUNDS];
        try (AugServe server = AugServe.builder(OnnxEngine.open(model)).build()) {
            for (int i = -3; i < ROUNDS; i++) {
                double without = tokensPerSecond(server, requests, OutputConstraint.NONE, i);
                double with = tokensPerSecond(server, requests, STRINGS, i);
                if (i >= 0) {
                    free[i] = without;
                    bound[i] = with;
                }
            }
        }
        System.out.printf(Locale.ROOT, "%d requests at a time: %.0f tokens/s free, %.0f constrained, ratio %.3f%n",
                requests, median(free), median(bound), median(bound) / median(free));
    }

    private static double tokensPerSecond(AugServe server, int requests, OutputConstraint constraint, int round) {
        long begin = System.nanoTime();
        List<Generation> generations = IntStream.range(0, requests)
                .mapToObj(i -> server.submit(GenerationRequest.chat("Tell me about the weather.").tools()
                        .sampling(SamplingOptions.builder().temperature(1.5).seed(1000L * round + i).ignoreEnd(true)
                                .maxTokens(TOKENS).build())
                        .constraint(constraint).build()))
                .toList();
        long tokens = generations.stream().mapToLong(generation -> generation.join().tokens().size()).sum();
        return tokens * 1e9 / (System.nanoTime() - begin);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
