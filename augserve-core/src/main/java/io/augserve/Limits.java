package io.augserve;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a server holds at most, and for how long. What a bound refuses, it refuses before any work is done for it, with a
 * {@link io.augserve.request.RequestRejectedException} that says why and when to try again. Start from {@link #DEFAULT} and change what
 * differs.
 *
 * @param maxRequests requests in the house, waiting, running and paused together; at least 1
 * @param maxQueuedTokens prompt tokens, over all requests, that wait for their first token; at least 1. A prompt that is longer alone is
 *        taken if no other one waits
 * @param maxRunning requests in the running set; at least 1
 * @param maxPaused requests paused for tools or slow readers; at least 1. The calls of a turn that ends when there are more are not
 *        started, and the model is told so
 * @param maxToolsInFlight calls that are with their handlers at once, as far as they have not timed out; at least 1. Others wait, and
 *        their time-outs with them
 * @param maxToolResultChars longest result of a tool; at least 1. The model is told of a longer one instead of getting it
 * @param maxBufferedEvents events that wait for one subscriber before its request, and it alone, pauses; at least 1
 * @param maxPromptTokens longest prompt; at least 1; the engine's context and KV cache limit it further
 * @param maxStepFailures failed engine steps in a row that a request survives; at least 0. The last attempt is made alone
 * @param stepTimeout after which a step counts as hung: every request fails and no more are taken; zero to wait for ever
 * @param shedsLate whether under overload a request that is late for its first token is ended to make room for a newcomer, who can still
 *        meet its objective
 * @param closeGrace how long {@link AugServe#close()} lets requests end by themselves; not negative
 */
public record Limits(int maxRequests, long maxQueuedTokens, int maxRunning, int maxPaused, int maxToolsInFlight,
        int maxToolResultChars, int maxBufferedEvents, int maxPromptTokens, int maxStepFailures, Duration stepTimeout,
        boolean shedsLate, Duration closeGrace) {
    /**
     * 10,000 requests, 256 of them running, 4,096 events to a reader, tool results of a million characters, 2 failed steps and 30 s of
     * grace; tokens, pauses, calls and time of a step are not bounded, prompts are by the engine, and nobody is shed.
     */
    public static final Limits DEFAULT = new Limits(10_000, Long.MAX_VALUE, 256, Integer.MAX_VALUE, Integer.MAX_VALUE,
            1_000_000, 4_096, Integer.MAX_VALUE, 2, Duration.ZERO, false, Duration.ofSeconds(30));

    /**
     * @throws IllegalArgumentException naming the limit that is out of range
     */
    public Limits {
        require("maxRequests", maxRequests, 1);
        require("maxQueuedTokens", maxQueuedTokens, 1);
        require("maxRunning", maxRunning, 1);
        require("maxPaused", maxPaused, 1);
        require("maxToolsInFlight", maxToolsInFlight, 1);
        require("maxToolResultChars", maxToolResultChars, 1);
        require("maxBufferedEvents", maxBufferedEvents, 1);
        require("maxPromptTokens", maxPromptTokens, 1);
        require("maxStepFailures", maxStepFailures, 0);
        requireNotNegative("stepTimeout", stepTimeout);
        requireNotNegative("closeGrace", closeGrace);
    }

    private static void require(String name, long value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": expected >= " + least + ", got " + value);
        }
    }

    private static void requireNotNegative(String name, Duration value) {
        requireNonNull(value, name);
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + ": expected >= 0, got " + value);
        }
    }

    /** The same limits with another number of requests. */
    public Limits withMaxRequests(int value) {
        return with(draft -> draft.maxRequests = value);
    }

    /** The same limits with another number of queued prompt tokens. */
    public Limits withMaxQueuedTokens(long value) {
        return with(draft -> draft.maxQueuedTokens = value);
    }

    /** The same limits with another size of the running set. */
    public Limits withMaxRunning(int value) {
        return with(draft -> draft.maxRunning = value);
    }

    /** The same limits with another number of paused requests. */
    public Limits withMaxPaused(int value) {
        return with(draft -> draft.maxPaused = value);
    }

    /** The same limits with another number of calls at once. */
    public Limits withMaxToolsInFlight(int value) {
        return with(draft -> draft.maxToolsInFlight = value);
    }

    /** The same limits with another longest tool result. */
    public Limits withMaxToolResultChars(int value) {
        return with(draft -> draft.maxToolResultChars = value);
    }

    /** The same limits with another number of events that wait for a reader. */
    public Limits withMaxBufferedEvents(int value) {
        return with(draft -> draft.maxBufferedEvents = value);
    }

    /** The same limits with another longest prompt. */
    public Limits withMaxPromptTokens(int value) {
        return with(draft -> draft.maxPromptTokens = value);
    }

    /** The same limits with another number of failed steps. */
    public Limits withMaxStepFailures(int value) {
        return with(draft -> draft.maxStepFailures = value);
    }

    /** The same limits with another longest step. */
    public Limits withStepTimeout(Duration value) {
        return with(draft -> draft.stepTimeout = value);
    }

    /** The same limits, with or without shedding. */
    public Limits withShedsLate(boolean value) {
        return with(draft -> draft.shedsLate = value);
    }

    /** The same limits with another grace. */
    public Limits withCloseGrace(Duration value) {
        return with(draft -> draft.closeGrace = value);
    }

    private Limits with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new Limits(draft.maxRequests, draft.maxQueuedTokens, draft.maxRunning, draft.maxPaused,
                draft.maxToolsInFlight, draft.maxToolResultChars, draft.maxBufferedEvents, draft.maxPromptTokens,
                draft.maxStepFailures, draft.stepTimeout, draft.shedsLate, draft.closeGrace);
    }

    /** Limits that can still change. */
    private static final class Draft {
        int maxRequests;
        long maxQueuedTokens;
        int maxRunning;
        int maxPaused;
        int maxToolsInFlight;
        int maxToolResultChars;
        int maxBufferedEvents;
        int maxPromptTokens;
        int maxStepFailures;
        Duration stepTimeout;
        boolean shedsLate;
        Duration closeGrace;

        Draft(Limits from) {
            maxRequests = from.maxRequests;
            maxQueuedTokens = from.maxQueuedTokens;
            maxRunning = from.maxRunning;
            maxPaused = from.maxPaused;
            maxToolsInFlight = from.maxToolsInFlight;
            maxToolResultChars = from.maxToolResultChars;
            maxBufferedEvents = from.maxBufferedEvents;
            maxPromptTokens = from.maxPromptTokens;
            maxStepFailures = from.maxStepFailures;
            stepTimeout = from.stepTimeout;
            shedsLate = from.shedsLate;
            closeGrace = from.closeGrace;
        }
    }
}
