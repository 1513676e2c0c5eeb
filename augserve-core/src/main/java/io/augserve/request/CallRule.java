package io.augserve.request;

import static java.util.Objects.requireNonNull;

/** Whether the model's first turn calls tools. Later turns, those that follow results, are free. */
public sealed interface CallRule {
    /** As the model likes. */
    CallRule FREE = new Free();
    /** At least one call, of any tool. */
    CallRule REQUIRED = new Required();

    /** As the model likes. */
    record Free() implements CallRule {}

    /** At least one call, of any tool. */
    record Required() implements CallRule {}

    /**
     * At least one call, of one tool alone.
     *
     * @param tool its name
     */
    record Named(String tool) implements CallRule {
        /** Rejects null. */
        public Named {
            requireNonNull(tool, "tool");
        }
    }
}
