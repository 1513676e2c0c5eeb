package io.augserve.onnx.grammar;

import java.util.Optional;

/**
 * The grammars of a request's turns; a turn without one is free. Thread-safe.
 *
 * @param first of the first turn
 * @param later of those that follow tool results
 */
public record TurnGrammars(Optional<Grammar> first, Optional<Grammar> later) {
    /** Binds nothing. */
    static final TurnGrammars FREE = new TurnGrammars(Optional.empty(), Optional.empty());

    /** Compiles both; one grammar where both are the same. */
    static TurnGrammars of(TurnRules rules, boolean alike, Vocabulary vocabulary) {
        Optional<Grammar> later = rules.later().map(rule -> new Grammar(rule, vocabulary));
        return new TurnGrammars(alike ? later : rules.first().map(rule -> new Grammar(rule, vocabulary)), later);
    }
}
