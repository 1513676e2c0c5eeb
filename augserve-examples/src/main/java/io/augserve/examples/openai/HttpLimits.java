package io.augserve.examples.openai;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What an endpoint takes at most. Start from {@link #DEFAULT} and change what differs.
 *
 * @param maxConnections open connections; at least 1. Later ones are closed at once
 * @param maxConcurrent completions being made; at least 1. Others are answered with 429
 * @param maxBodyBytes of a request; at least 1. Larger ones are answered with 413
 * @param maxMessages of a conversation; at least 1. Longer ones are answered with 413
 * @param maxChoices answers that one request may ask for; at least 1
 * @param maxViewers of the live feed; at least 1
 * @param idleTime how long a connection may stay open without a request; positive
 * @param requestTime from the first byte of a request to its last; positive. Slower ones are cut off
 * @param stallTime how long a client may not take what is written to it; positive. Its connection is closed then
 */
public record HttpLimits(int maxConnections, int maxConcurrent, int maxBodyBytes, int maxMessages, int maxChoices,
        int maxViewers, Duration idleTime, Duration requestTime, Duration stallTime) {
    /** 2,048 connections, 1,024 completions, 8 MiB, 2,048 messages, 16 answers, 16 viewers; 75, 30 and 60 seconds. */
    public static final HttpLimits DEFAULT = new HttpLimits(2_048, 1_024, 8 << 20, 2_048, 16, 16,
            Duration.ofSeconds(75), Duration.ofSeconds(30), Duration.ofSeconds(60));

    /**
     * @throws IllegalArgumentException naming the limit that is out of range
     */
    public HttpLimits {
        requirePositive("maxConnections", maxConnections);
        requirePositive("maxConcurrent", maxConcurrent);
        requirePositive("maxBodyBytes", maxBodyBytes);
        requirePositive("maxMessages", maxMessages);
        requirePositive("maxChoices", maxChoices);
        requirePositive("maxViewers", maxViewers);
        requirePositive("idleTime", idleTime);
        requirePositive("requestTime", requestTime);
        requirePositive("stallTime", stallTime);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected >= 1, got " + value);
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": expected > 0, got " + value);
        }
    }

    /** The same limits with another number of connections. */
    public HttpLimits withMaxConnections(int value) {
        return new HttpLimits(value, maxConcurrent, maxBodyBytes, maxMessages, maxChoices, maxViewers, idleTime,
                requestTime, stallTime);
    }

    /** The same limits with another number of completions at once. */
    public HttpLimits withMaxConcurrent(int value) {
        return new HttpLimits(maxConnections, value, maxBodyBytes, maxMessages, maxChoices, maxViewers, idleTime,
                requestTime, stallTime);
    }

    /** The same limits with another size of a request. */
    public HttpLimits withMaxBodyBytes(int value) {
        return new HttpLimits(maxConnections, maxConcurrent, value, maxMessages, maxChoices, maxViewers, idleTime,
                requestTime, stallTime);
    }

    /** The same limits with another length of conversations. */
    public HttpLimits withMaxMessages(int value) {
        return new HttpLimits(maxConnections, maxConcurrent, maxBodyBytes, value, maxChoices, maxViewers, idleTime,
                requestTime, stallTime);
    }

    /** The same limits with other times. */
    public HttpLimits withTimes(Duration idle, Duration request, Duration stall) {
        return new HttpLimits(maxConnections, maxConcurrent, maxBodyBytes, maxMessages, maxChoices, maxViewers, idle,
                request, stall);
    }
}
