package io.augserve.simulation;

import java.util.Optional;

/**
 * A tool call that ends a segment of a scripted request.
 *
 * @param tool name of the tool, the key of what a predictor learns; empty if the trace does not say
 * @param seconds how long the tool takes; at least 0
 * @param returnedTokens tokens that its result appends to the context; at least 0
 */
public record TraceCall(Optional<String> tool, double seconds, int returnedTokens) {
    /**
     * @throws IllegalArgumentException if a number is out of its range or the tool's name is blank
     */
    public TraceCall {
        tool.ifPresent(name -> Require.notBlank("tool", name));
        Require.notNegative("seconds", seconds);
        Require.atLeast("returnedTokens", returnedTokens, 0);
    }
}
