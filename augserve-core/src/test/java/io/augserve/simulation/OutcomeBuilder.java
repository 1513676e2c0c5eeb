package io.augserve.simulation;

import io.augserve.request.ServiceLevel;
import java.util.Optional;
import java.util.OptionalLong;

/** An outcome in seconds, for tests. */
final class OutcomeBuilder {
    private final double arrival;
    private OptionalLong first = OptionalLong.empty();
    private OptionalLong end = OptionalLong.empty();
    private boolean finished;
    private double tools;
    private int tokens;
    private double wait;
    private int counted;
    private Optional<ServiceLevel> objective = Optional.empty();

    private OutcomeBuilder(double arrival) {
        this.arrival = arrival;
    }

    static OutcomeBuilder arrives(double seconds) {
        return new OutcomeBuilder(seconds);
    }

    static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    OutcomeBuilder firstToken(double seconds) {
        first = OptionalLong.of(nanos(seconds));
        return this;
    }

    OutcomeBuilder finishes(double seconds) {
        finished = true;
        return leaves(seconds);
    }

    OutcomeBuilder leaves(double seconds) {
        end = OptionalLong.of(nanos(seconds));
        return this;
    }

    OutcomeBuilder tools(double seconds) {
        tools = seconds;
        return this;
    }

    OutcomeBuilder tokens(int value) {
        tokens = value;
        return this;
    }

    OutcomeBuilder waits(double seconds) {
        wait = seconds;
        return this;
    }

    /** Preemptions; ten times as many tokens recomputed, a hundred times swapped, a thousand times reused. */
    OutcomeBuilder counts(int value) {
        counted = value;
        return this;
    }

    OutcomeBuilder objective(ServiceLevel value) {
        objective = Optional.of(value);
        return this;
    }

    RequestOutcome build() {
        return new RequestOutcome(1, nanos(arrival), first, end, finished, nanos(tools), tokens, nanos(wait), counted,
                10L * counted, 100L * counted, 1000L * counted, GapSummary.NONE, objective);
    }
}
