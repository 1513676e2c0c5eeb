package io.augserve.tool;

import static java.util.Objects.requireNonNull;

/**
 * What the model reads after a call.
 *
 * @param text the text put into the conversation
 * @param failed whether the call went wrong; the model reads the text all the same and the request goes on
 */
public record ToolResult(String text, boolean failed) {
    /** Rejects nulls. */
    public ToolResult {
        requireNonNull(text, "text");
    }

    /** A result of a call that worked. */
    public static ToolResult of(String text) {
        return new ToolResult(text, false);
    }

    /** A failure told to the model as {@code error: reason}. */
    public static ToolResult failure(String reason) {
        return new ToolResult("error: " + reason, true);
    }
}
