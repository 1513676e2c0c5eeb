package io.augserve.profile;

import static java.util.Objects.requireNonNull;

import io.augserve.predict.StepLoad;

/**
 * How long steps of one load took.
 *
 * @param load what each of them carried
 * @param seconds median; more than 0
 * @param repetitions how many there were; at least 1
 */
public record StepTime(StepLoad load, double seconds, int repetitions) {
    /** Rejects nulls. */
    public StepTime {
        requireNonNull(load, "load");
    }

    /** P + D in a second. */
    public double tokensPerSecond() {
        return load.tokens() / seconds;
    }
}
