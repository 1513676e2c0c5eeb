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
 * @param temperature at least 0; 1 changes nothing
 * @param topK how many of the most likely tokens may be drawn; 0 means all
 * @param topP the probability mass that may be drawn from, in [0, 1]; 1 means all
 * @param repetitionPenalty greater than 0; 1 means none
 * @param maxNewTokens the longest answer in tokens, if the file bounds it
 */
public record GenerationDefaults(List<Integer> eosIds, boolean doSample, double temperature, int topK, double topP,
        double repetitionPenalty, OptionalInt maxNewTokens) {

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
        double topP = fields.optionalNumber("top_p", 0).orElse(1);
        if (topP > 1) {
            throw fields.problem("top_p", Double.toString(topP), "a number from 0 to 1");
        }
        return new GenerationDefaults(fields.oneOrMoreInts("eos_token_id", 0), fields.flag("do_sample", false),
                fields.optionalNumber("temperature", 0).orElse(1), fields.optionalInt("top_k", 0).orElse(0), topP,
                fields.optionalPositive("repetition_penalty").orElse(1), fields.optionalInt("max_new_tokens", 1));
    }
}
