package io.augserve.serving;

import java.time.Duration;

/**
 * What bounds a serving loop.
 *
 * @param maxRunning most requests in the running set; at least 1
 * @param maxStepFailures failed steps in a row that a request survives; at least 0
 * @param maxPaused requests paused at once beyond which a turn's calls are refused; at least 1
 * @param maxToolsInFlight calls that are with their handlers at once; at least 1
 * @param maxToolResultChars longest result of a tool that is taken; at least 1
 * @param maxBufferedEvents events that wait for one reader before its request pauses; at least 1
 * @param stepTimeout how long a step may take before it counts as hung; zero for any time
 */
public record LoopLimits(int maxRunning, int maxStepFailures, int maxPaused, int maxToolsInFlight,
        int maxToolResultChars, int maxBufferedEvents, Duration stepTimeout) {
    /** Bounds the running set alone. */
    public static LoopLimits of(int maxRunning, int maxStepFailures) {
        return new LoopLimits(maxRunning, maxStepFailures, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE,
                Integer.MAX_VALUE, Duration.ZERO);
    }
}
