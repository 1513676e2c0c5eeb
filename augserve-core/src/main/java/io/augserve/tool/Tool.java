package io.augserve.tool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A tool that a request may use: what the model is told and what runs.
 *
 * @param spec name, description and schema
 * @param handler runs the calls
 * @param timeout how long one call may take before the model is told that it timed out; positive
 */
public record Tool(ToolSpec spec, ToolCallHandler handler, Duration timeout) {
    /** One minute. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

    /**
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Tool {
        requireNonNull(spec, "spec");
        requireNonNull(handler, "handler");
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout of tool '" + spec.name() + "': expected > 0, got " + timeout);
        }
    }

    /** A tool with the default timeout. */
    public static Tool of(ToolSpec spec, ToolCallHandler handler) {
        return new Tool(spec, handler, DEFAULT_TIMEOUT);
    }

    /** A tool from a plain function of the arguments' JSON text to the result's text. */
    public static Tool of(String name, String description, String parametersSchema, UnaryOperator<String> function) {
        return of(new ToolSpec(name, description, parametersSchema), ToolCallHandler.of(function));
    }

    /** The same tool with another timeout. */
    public Tool withTimeout(Duration newTimeout) {
        return new Tool(spec, handler, newTimeout);
    }
}
