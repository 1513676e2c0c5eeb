package io.augserve.request;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended its turn, or a stop string or stop token came up. */
    STOP,
    /** The model called tools that its caller runs: the calls of the last segment. */
    TOOL_CALLS,
    /** The token limit or the model's context was reached. */
    LENGTH,
    /** {@link Generation#cancel()} or the server's close. */
    CANCELLED,
    /** The engine failed; the result is the part that was made. */
    FAILED
}
