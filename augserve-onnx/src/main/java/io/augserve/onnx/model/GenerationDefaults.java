package io.augserve.onnx.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a model's authors want it sampled: {@code generation_config.json}. A field that the file does not give has the
 * value that changes nothing.
 *
 * @param eosIds tokens that end a text; empty if the file does not say
 * @param doSample whether to sample; otherwise the most likely token is taken
 * @param temperature 0 to 100; 1 changes nothing
 * @param topK how many of the most likely tokens may be drawn; 0 means all
 * @param topP the probability mass that may be drawn from, in [0, 1]; 1 means all
 * @param repetitionPenalty greater than 0, below 1e6; 1 means none
 * @param maxNewTokens the longest answer in tokens, if the file bounds it
 */
public record GenerationDefaults(List<Integer> eosIds, boolean doSample, double temperature, int topK, double topP,
        double repetitionPenalty, OptionalInt maxNewTokens) {

    /** The ranges of {@link io.augserve.request.SamplingOptions}. */
    private static final double MAX_TEMPERATURE = 100;
    private static final double MAX_PENALTY = 1e6;

    /** Takes an immutable copy of the list. */
    public GenerationDefaults {
        eosIds = List.copyOf(eosIds);
    }

    /** Greedy, unbounded, with no end token of its own: what holds when there is no file. */
    public static GenerationDefaults none() {
        return new GenerationDefaults(List.of(), false, 1, 0, 1, 1, OptionalInt.empty());
    }

    /**
     * Reads a {@code generation_config.json}; {@link #none()} if there is no such file.
     *
     * @throws ModelFormatException if the file is there but cannot be read or has a field of a wrong type or range
     */
    public static GenerationDefaults read(Path file) {
        if (Files.notExists(file)) {
            return none();
        }
        return of(StrictJson.read(file));
    }

    static GenerationDefaults of(JsonFields fields) {
        double topP = fields.optionalNumber("top_p", 0, 1).orElse(1);
        double penalty = fields.optionalPositive("repetition_penalty").orElse(1);
        if (penalty >= MAX_PENALTY) {
            throw fields.problem("repetition_penalty", Double.toString(penalty), "less than " + MAX_PENALTY);
        }
        return new GenerationDefaults(fields.oneOrMoreInts("eos_token_id", 0), fields.flag("do_sample", false),
                fields.optionalNumber("temperature", 0, MAX_TEMPERATURE).orElse(1),
                fields.optionalInt("top_k", 0).orElse(0), topP,
                penalty, fields.optionalInt("max_new_tokens", 1));
    }
}
