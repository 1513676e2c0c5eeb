package io.augserve.engine;

import static java.util.Objects.requireNonNull;

/** A tool call as read from the model's text. */
public sealed interface ParsedCall {
    /**
     * A call that can be made.
     *
     * @param name the tool's name
     * @param arguments JSON text of an object, as the model wrote it
     */
    record Valid(String name, String arguments) implements ParsedCall {
        /** Rejects nulls. */
        public Valid {
            requireNonNull(name, "name");
            requireNonNull(arguments, "arguments");
        }
    }

    /**
     * Markup of a call whose inside cannot be read; the model is told so as the call's result.
     *
     * @param text what stood there
     * @param problem what is wrong with it, for the model to read
     */
    record Malformed(String text, String problem) implements ParsedCall {
        /** Rejects nulls. */
        public Malformed {
            requireNonNull(text, "text");
            requireNonNull(problem, "problem");
        }
    }
}
