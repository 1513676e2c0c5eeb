package io.augserve.engine;

import static java.util.Objects.requireNonNull;

import io.augserve.request.OutputToken;

/** What one slice sampled. */
public sealed interface Sample {
    /**
     * A token.
     *
     * @param output token id with the log-probabilities the sequence asked for
     */
    record Token(OutputToken output) implements Sample {
        /** Rejects nulls. */
        public Token {
            requireNonNull(output, "output");
        }
    }

    /**
     * Nothing: this sequence alone is broken (for example, its logits are not numbers). Its request fails, no other does.
     *
     * @param reason what is wrong
     */
    record Fault(String reason) implements Sample {
        /** Rejects nulls. */
        public Fault {
            requireNonNull(reason, "reason");
        }
    }
}
