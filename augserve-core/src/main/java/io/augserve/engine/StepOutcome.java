package io.augserve.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** How a step ended. */
public sealed interface StepOutcome {
    /**
     * The step ran.
     *
     * @param samples one for each slice that samples, in the batch's order
     */
    record Completed(List<Sample> samples) implements StepOutcome {
        /** Copies the list. */
        public Completed {
            samples = List.copyOf(samples);
        }
    }

    /**
     * The step did not run to its end; no sampled token counts.
     *
     * @param cause why
     * @param fatal whether the engine is beyond use
     */
    record Failed(Throwable cause, boolean fatal) implements StepOutcome {
        /** Rejects nulls. */
        public Failed {
            requireNonNull(cause, "cause");
        }
    }
}
