package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A stretch of generated tokens in a scripted request.
 *
 * @param outputTokens tokens generated, a call's own text included; at least 1
 * @param call what ends the segment; empty for the last segment of a request
 */
public record TraceSegment(int outputTokens, Optional<TraceCall> call) {
    /**
     * @throws IllegalArgumentException if there is no token
     */
    public TraceSegment {
        Require.atLeast("outputTokens", outputTokens, 1);
        requireNonNull(call, "call");
    }

    /** The last segment of a request. */
    public static TraceSegment last(int outputTokens) {
        return new TraceSegment(outputTokens, Optional.empty());
    }

    /** A segment that ends by calling a tool; see {@link TraceCall} for the ranges. */
    public static TraceSegment calling(int outputTokens, String tool, double seconds, int returnedTokens) {
        return new TraceSegment(outputTokens, Optional.of(new TraceCall(Optional.of(tool), seconds, returnedTokens)));
    }

    /** Tokens that the call's result appends; 0 without a call. */
    public int returnedTokens() {
        return call.map(TraceCall::returnedTokens).orElse(0);
    }

    /** Seconds of the call; 0 without one. */
    public double toolSeconds() {
        return call.map(TraceCall::seconds).orElse(0.0);
    }
}
