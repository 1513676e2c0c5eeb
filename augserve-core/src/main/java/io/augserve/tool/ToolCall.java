package io.augserve.tool;

import static java.util.Objects.requireNonNull;

/**
 * One call that the model made.
 *
 * @param id unique within its request; the same when the call is replayed after a preemption
 * @param name the tool's name as the model wrote it
 * @param arguments JSON text of the arguments object as the model wrote it
 */
public record ToolCall(String id, String name, String arguments) {
    /** Rejects nulls. */
    public ToolCall {
        requireNonNull(id, "id");
        requireNonNull(name, "name");
        requireNonNull(arguments, "arguments");
    }
}
