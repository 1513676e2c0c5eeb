package io.augserve.tool;

import java.time.Duration;

/** What a handler may know about the call beyond its arguments. Thread-safe. */
public interface ToolCallContext {
    /**
     * Stable over every attempt at this call: request, segment, index in the turn, tool and a hash of the arguments. Hand it
     * to a service that deduplicates.
     */
    String idempotencyKey();

    /** Time left until the call counts as timed out; zero once it has. */
    Duration remaining();

    /** Whether the answer is no longer wanted: request cancelled, call timed out or server closed. */
    boolean isCancelled();

    /**
     * Runs {@code action} once when the answer stops being wanted, at once if that has happened. It runs on the tool
     * executor; what it throws is logged.
     */
    void onCancel(Runnable action);
}
