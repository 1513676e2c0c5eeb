package io.augserve.onnx.text;

import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;

/** Tools and calls as the JSON that templates show to a model, in Python's style. */
final class ToolJson {
    private ToolJson() {}

    /**
     * A tool in the form of OpenAI's API, on one line.
     *
     * @throws IllegalArgumentException if its schema is not JSON
     */
    static String compact(ToolSpec tool) {
        return PythonJson.compact(raw(tool), what(tool));
    }

    /**
     * The same on many lines.
     *
     * @throws IllegalArgumentException if its schema is not JSON
     */
    static String indented(ToolSpec tool) {
        return PythonJson.indented(raw(tool), what(tool));
    }

    /**
     * The arguments of an earlier call.
     *
     * @throws IllegalArgumentException if they are not a JSON object
     */
    static String arguments(ToolCall call) {
        String what = "arguments of call '" + call.name() + "'";
        String arguments = PythonJson.compact(call.arguments(), what);
        if (!arguments.startsWith("{")) {
            throw new IllegalArgumentException(what + ": expected a JSON object, got " + arguments);
        }
        return arguments;
    }

    private static String raw(ToolSpec tool) {
        return "{\"type\":\"function\",\"function\":{\"name\":" + PythonJson.string(tool.name()) + ",\"description\":"
                + PythonJson.string(tool.description()) + ",\"parameters\":" + tool.parametersSchema() + "}}";
    }

    private static String what(ToolSpec tool) {
        return "tool '" + tool.name() + "' with its parameters' schema";
    }
}
