package io.augserve;

import java.time.Duration;

/**
 * What a server holds at most.
 *
 * @param maxRequests requests in the house, waiting, running and paused together; at least 1
 * @param maxRunning requests in the running set; at least 1
 * @param maxPromptTokens longest prompt; at least 1; the engine's context and KV cache limit it further
 * @param maxStepFailures failed engine steps in a row that a request survives; at least 0
 * @param closeGrace how long {@link AugServe#close()} lets requests end by themselves; not negative
 */
public record Limits(int maxRequests, int maxRunning, int maxPromptTokens, int maxStepFailures, Duration closeGrace) {
    /** 10,000 requests, 256 of them running, prompts as long as the engine allows, 2 failed steps, 30 s of grace. */
    public static final Limits DEFAULT = new Limits(10_000, 256, Integer.MAX_VALUE, 2, Duration.ofSeconds(30));

    /**
     * @throws IllegalArgumentException naming the limit that is out of range
     */
    public Limits {
        require("maxRequests", maxRequests, 1);
        require("maxRunning", maxRunning, 1);
        require("maxPromptTokens", maxPromptTokens, 1);
        require("maxStepFailures", maxStepFailures, 0);
        if (closeGrace.isNegative()) {
            throw new IllegalArgumentException("closeGrace: expected >= 0, got " + closeGrace);
        }
    }

    private static void require(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": expected >= " + least + ", got " + value);
        }
    }

    /** The same limits with another number of requests. */
    public Limits withMaxRequests(int value) {
        return new Limits(value, maxRunning, maxPromptTokens, maxStepFailures, closeGrace);
    }

    /** The same limits with another size of the running set. */
    public Limits withMaxRunning(int value) {
        return new Limits(maxRequests, value, maxPromptTokens, maxStepFailures, closeGrace);
    }

    /** The same limits with another longest prompt. */
    public Limits withMaxPromptTokens(int value) {
        return new Limits(maxRequests, maxRunning, value, maxStepFailures, closeGrace);
    }

    /** The same limits with another number of failed steps. */
    public Limits withMaxStepFailures(int value) {
        return new Limits(maxRequests, maxRunning, maxPromptTokens, value, closeGrace);
    }

    /** The same limits with another grace. */
    public Limits withCloseGrace(Duration value) {
        return new Limits(maxRequests, maxRunning, maxPromptTokens, maxStepFailures, value);
    }
}
