package io.augserve.engine;

import static java.util.Objects.requireNonNull;

import io.augserve.request.SamplingOptions;
import java.util.Set;

/**
 * What an engine can do.
 *
 * @param model a name for logs and metrics
 * @param vocabularySize tokens are in [0, vocabularySize)
 * @param maxContext most tokens of one sequence, prompt and output together
 * @param endTokens tokens that end a turn
 * @param maxBatchTokens most tokens of one step
 * @param maxSequences most slices of one step
 * @param defaultSampling used by requests that bring none
 */
public record EngineSpec(String model, int vocabularySize, int maxContext, Set<Integer> endTokens, int maxBatchTokens,
        int maxSequences, SamplingOptions defaultSampling) {
    /**
     * @throws IllegalArgumentException if a size is not positive
     */
    public EngineSpec {
        requireNonNull(model, "model");
        requirePositive("vocabularySize", vocabularySize);
        requirePositive("maxContext", maxContext);
        requirePositive("maxBatchTokens", maxBatchTokens);
        requirePositive("maxSequences", maxSequences);
        endTokens = Set.copyOf(endTokens);
        requireNonNull(defaultSampling, "defaultSampling");
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": expected > 0, got " + value);
        }
    }
}
