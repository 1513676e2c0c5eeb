package io.augserve.serving;

import io.augserve.tool.ToolResult;

/** What other threads tell the loop. */
sealed interface Message {
    /** A request that admission let in. */
    record Submitted(ServingRequest request) implements Message {}

    /** The caller wants no more of a request; one that is not in the house is ignored. */
    record Cancelled(long requestId) implements Message {}

    /** A tool answered, perhaps too late. */
    record ToolReturned(ToolInvocation invocation, ToolResult result) implements Message {}

    /** A request has lost its place to a newcomer; one that is not in the house is ignored. */
    record Shed(long requestId) implements Message {}

    /** The reader of a request that paused for it has room again. */
    record ReaderReady(long requestId) implements Message {}

    /** Look around: something has changed that is no message, such as the wish to stop. */
    record Wake() implements Message {}

    /** End every request now, and those that come later as they come. */
    record CancelAll() implements Message {}
}
