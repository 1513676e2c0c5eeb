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

    /** Look around: something has changed that is no message, such as the wish to stop. */
    record Wake() implements Message {}

    /** End every request now. */
    record CancelAll() implements Message {}
}
