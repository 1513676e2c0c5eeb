package io.augserve.request;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What the model may write, whatever it would like to: a request under a constraint never samples a token that leads out of it. A turn that
 * ends at the token limit may still be cut short. Engines that cannot constrain their output refuse such requests.
 *
 * @param answerSchema JSON schema text that the text of every turn without calls follows; free text if empty
 * @param calls whether the first turn calls tools
 * @param strictArguments whether every call names a tool and its arguments follow the tool's schema
 * @param parallelCalls whether a turn may make several calls
 */
public record OutputConstraint(Optional<String> answerSchema, CallRule calls, boolean strictArguments,
        boolean parallelCalls) {
    /** Nothing is constrained. */
    public static final OutputConstraint NONE = new OutputConstraint(Optional.empty(), CallRule.FREE, false, true);

    /** Rejects nulls. */
    public OutputConstraint {
        requireNonNull(answerSchema, "answerSchema");
        requireNonNull(calls, "calls");
    }

    /** Answers follow a JSON schema. */
    public static OutputConstraint answer(String schema) {
        return NONE.withAnswerSchema(schema);
    }

    /** Calls' arguments follow their tools' schemas. */
    public static OutputConstraint strictCalls() {
        return new OutputConstraint(Optional.empty(), CallRule.FREE, true, true);
    }

    /** The same with a schema of answers. */
    public OutputConstraint withAnswerSchema(String schema) {
        return new OutputConstraint(Optional.of(schema), calls, strictArguments, parallelCalls);
    }

    /** The same with a rule of the first turn's calls. */
    public OutputConstraint withCalls(CallRule rule) {
        return new OutputConstraint(answerSchema, rule, strictArguments, parallelCalls);
    }

    /** The same with at most one call a turn. */
    public OutputConstraint withSingleCalls() {
        return new OutputConstraint(answerSchema, calls, strictArguments, false);
    }
}
