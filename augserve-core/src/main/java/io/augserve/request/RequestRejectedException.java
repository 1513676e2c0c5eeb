package io.augserve.request;

import java.time.Duration;
import java.util.Optional;

/**
 * A request was refused before any work was done for it; with {@link Reason#OVERLOADED}, the cause of a
 * {@link GenerationFailedException}, before its first token.
 */
public final class RequestRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** Too many requests are in the house, or too many prompt tokens wait; retry later. */
        QUEUE_FULL,
        /** Accepted, but under overload another request got its place after its first token was late; retry later. */
        OVERLOADED,
        /** A request of the same id is in the house; retry when it has ended. */
        DUPLICATE_ID,
        /** The prompt is longer than the limit, the model's context or the KV cache; it can never run. */
        PROMPT_TOO_LONG,
        /** Something in the request makes no sense to this engine, such as a token outside the vocabulary. */
        INVALID,
        /** The server is closing, closed or its engine failed for good. */
        CLOSED
    }

    private final Reason reason;
    private final transient Optional<Duration> retryAfter;

    /** A rejection that retrying does not cure. */
    public RequestRejectedException(Reason reason, String message) {
        this(reason, message, Optional.empty());
    }

    /**
     * @param reason why, for programs
     * @param message why, for people
     * @param retryAfter when trying again may help
     */
    public RequestRejectedException(Reason reason, String message, Optional<Duration> retryAfter) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** When trying again may help; empty if it never will. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
