package io.augserve.tool;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * What the model is told about a tool.
 *
 * @param name letters, digits, {@code _} and {@code -}, 1 to 64 of them; the model calls the tool by it
 * @param description one or two sentences for the model
 * @param parametersSchema JSON schema text of the arguments object
 */
public record ToolSpec(String name, String description, String parametersSchema) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /**
     * @throws IllegalArgumentException if the name is not one a model can call
     */
    public ToolSpec {
        requireNonNull(description, "description");
        requireNonNull(parametersSchema, "parametersSchema");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "tool name '" + name + "': expected 1 to 64 letters, digits, '_' or '-'");
        }
    }
}
