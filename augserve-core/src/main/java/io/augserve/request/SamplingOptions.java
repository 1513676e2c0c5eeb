package io.augserve.request;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How tokens are chosen. Applied in this order: logit bias, repetition penalty, presence and frequency penalty, temperature,
 * top-k, top-p, min-p. Make one with {@link #greedy()} or {@link #builder()}.
 *
 * @param temperature 0 takes the most likely token; otherwise logits are divided by it; 0 to 100
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP keep the smallest set of most likely tokens whose probability reaches this; (0, 1], 1 keeps all
 * @param minP keep tokens at least this share as likely as the best one; [0, 1], 0 keeps all
 * @param repetitionPenalty logits of tokens in the prompt or output are divided by it if positive, multiplied if negative;
 *        (0, 1e6), 1 does nothing (Keskar et al. 2019)
 * @param presencePenalty subtracted once from the logit of every token that was output; -2 to 2, 0 does nothing
 * @param frequencyPenalty subtracted as many times as a token was output; -2 to 2, 0 does nothing
 * @param logitBias added to the logits of these tokens
 * @param seed makes the draw repeatable; without it the server draws one
 * @param stopStrings end the generation when one appears in the visible text, which ends before it; none empty
 * @param stopTokens end the generation when sampled, like the model's own end tokens but without running tool calls
 * @param maxTokens output tokens over all segments; at least 1
 * @param logProbs how many of the most likely tokens to report beside the sampled one's log-probability; empty reports nothing
 * @param ignoreEnd go on past the model's end tokens until {@code maxTokens}; for measurements
 */
public record SamplingOptions(double temperature, int topK, double topP, double minP, double repetitionPenalty,
        double presencePenalty, double frequencyPenalty, Map<Integer, Float> logitBias, OptionalLong seed,
        List<String> stopStrings, Set<Integer> stopTokens, int maxTokens, OptionalInt logProbs, boolean ignoreEnd) {
    /** 512. */
    public static final int DEFAULT_MAX_TOKENS = 512;

    private static final SamplingOptions GREEDY = builder().build();

    /**
     * @throws IllegalArgumentException naming the option, what was expected and what was given
     */
    public SamplingOptions {
        require(temperature >= 0 && temperature <= 100, "temperature", "0 to 100", temperature);
        require(topK >= 0, "topK", ">= 0", topK);
        require(topP > 0 && topP <= 1, "topP", "in (0, 1]", topP);
        require(minP >= 0 && minP <= 1, "minP", "in [0, 1]", minP);
        require(repetitionPenalty > 0 && repetitionPenalty < 1e6, "repetitionPenalty", "in (0, 1e6)",
                repetitionPenalty);
        require(Math.abs(presencePenalty) <= 2, "presencePenalty", "-2 to 2", presencePenalty);
        require(Math.abs(frequencyPenalty) <= 2, "frequencyPenalty", "-2 to 2", frequencyPenalty);
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> {
            require(token >= 0, "logitBias token", ">= 0", token);
            require(!bias.isNaN(), "logitBias of token " + token, "a number", bias);
        });
        stopStrings = List.copyOf(stopStrings);
        require(!stopStrings.contains(""), "stopStrings", "no empty string", stopStrings);
        stopTokens = Set.copyOf(stopTokens);
        require(maxTokens >= 1, "maxTokens", ">= 1", maxTokens);
        int top = logProbs.orElse(0);
        require(top >= 0 && top <= 100, "logProbs", "0 to 100", top);
    }

    private static void require(boolean condition, String name, String expected, Object actual) {
        if (!condition) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", got " + actual);
        }
    }

    /** The most likely token each time, {@value #DEFAULT_MAX_TOKENS} tokens at most. */
    public static SamplingOptions greedy() {
        return GREEDY;
    }

    /** Starts from {@link #greedy()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.temperature = temperature;
        builder.topK = topK;
        builder.topP = topP;
        builder.minP = minP;
        builder.repetitionPenalty = repetitionPenalty;
        builder.presencePenalty = presencePenalty;
        builder.frequencyPenalty = frequencyPenalty;
        builder.logitBias = logitBias;
        builder.seed = seed;
        builder.stopStrings = stopStrings;
        builder.stopTokens = stopTokens;
        builder.maxTokens = maxTokens;
        builder.logProbs = logProbs;
        builder.ignoreEnd = ignoreEnd;
        return builder;
    }

    /** Whether the most likely token is taken each time. */
    public boolean isGreedy() {
        return temperature == 0;
    }

    /** Sets one option at a time; ranges are those of the record's components and are checked by {@link #build()}. */
    public static final class Builder {
        private double temperature;
        private int topK;
        private double topP = 1;
        private double minP;
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private Map<Integer, Float> logitBias = Map.of();
        private OptionalLong seed = OptionalLong.empty();
        private List<String> stopStrings = List.of();
        private Set<Integer> stopTokens = Set.of();
        private int maxTokens = DEFAULT_MAX_TOKENS;
        private OptionalInt logProbs = OptionalInt.empty();
        private boolean ignoreEnd;

        private Builder() {}

        /** Default 0: greedy. */
        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        /** Default 0: all. */
        public Builder topK(int value) {
            topK = value;
            return this;
        }

        /** Default 1: all. */
        public Builder topP(double value) {
            topP = value;
            return this;
        }

        /** Default 0: all. */
        public Builder minP(double value) {
            minP = value;
            return this;
        }

        /** Default 1: none. */
        public Builder repetitionPenalty(double value) {
            repetitionPenalty = value;
            return this;
        }

        /** Default 0: none. */
        public Builder presencePenalty(double value) {
            presencePenalty = value;
            return this;
        }

        /** Default 0: none. */
        public Builder frequencyPenalty(double value) {
            frequencyPenalty = value;
            return this;
        }

        /** Default: none. */
        public Builder logitBias(Map<Integer, Float> value) {
            logitBias = value;
            return this;
        }

        /** Default: drawn by the server. */
        public Builder seed(long value) {
            seed = OptionalLong.of(value);
            return this;
        }

        /** Default: none. */
        public Builder stopStrings(String... value) {
            stopStrings = List.of(value);
            return this;
        }

        /** Default: none beside the model's own end tokens. */
        public Builder stopTokens(Integer... value) {
            stopTokens = Set.copyOf(List.of(value));
            return this;
        }

        /** Default {@value SamplingOptions#DEFAULT_MAX_TOKENS}. */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /** Default: nothing reported. */
        public Builder logProbs(int top) {
            logProbs = OptionalInt.of(top);
            return this;
        }

        /** Default false. */
        public Builder ignoreEnd(boolean value) {
            ignoreEnd = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException naming the first option that is out of its range
         */
        public SamplingOptions build() {
            return new SamplingOptions(temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                    frequencyPenalty, logitBias, seed, stopStrings, stopTokens, maxTokens, logProbs, ignoreEnd);
        }
    }
}
