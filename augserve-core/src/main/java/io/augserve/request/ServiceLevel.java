package io.augserve.request;

import java.time.Duration;

/**
 * The objective of one request; it is met only if both clauses hold.
 *
 * @param timeToFirstToken from arrival to the first token; positive
 * @param normalizedLatency (end - arrival - time in tools) / output tokens; positive
 */
public record ServiceLevel(Duration timeToFirstToken, Duration normalizedLatency) {
    /** First token within one second, 200 ms per output token. */
    public static final ServiceLevel DEFAULT = new ServiceLevel(Duration.ofSeconds(1), Duration.ofMillis(200));

    /**
     * @throws IllegalArgumentException if a duration is not positive
     */
    public ServiceLevel {
        requirePositive("timeToFirstToken", timeToFirstToken);
        requirePositive("normalizedLatency", normalizedLatency);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": expected > 0, got " + value);
        }
    }
}
