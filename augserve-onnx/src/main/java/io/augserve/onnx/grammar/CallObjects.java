package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.sequence;

import com.google.gson.JsonPrimitive;
import io.augserve.tool.ToolSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON objects that call tools: a tool's name and arguments that follow its schema or, if calls are not strict, any arguments. */
final class CallObjects {
    private static final JsonRules JSON = new JsonRules(Optional.empty());

    private final Map<String, Rule> byTool = new LinkedHashMap<>();

    /**
     * @param argumentsName what the arguments are called
     * @throws IllegalArgumentException if a schema is not understood; the message names the tool
     */
    CallObjects(List<ToolSpec> tools, boolean strict, String argumentsName) {
        for (ToolSpec tool : tools) {
            byTool.put(tool.name(),
                    sequence(literal("{"), JSON.name("name"), JSON.exactly(new JsonPrimitive(tool.name())),
                            JsonRules.COMMA, JSON.name(argumentsName), strict ? arguments(tool) : JSON.map(JSON.any(1)),
                            literal("}")));
        }
    }

    private static Rule arguments(ToolSpec tool) {
        try {
            return JsonSchema.compileObject(tool.parametersSchema(), JSON);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tool '" + tool.name() + "', " + e.getMessage(), e);
        }
    }

    /** A call of any tool. */
    Rule any() {
        return Rule.choice(List.copyOf(byTool.values()));
    }

    /** A call of this tool. */
    Rule of(String tool) {
        return byTool.getOrDefault(tool, Rule.NOTHING);
    }
}
