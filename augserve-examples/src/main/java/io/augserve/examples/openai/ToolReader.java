package io.augserve.examples.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of a request and what binds its output.
 *
 * @param declared what the model is told of; empty if it must not call
 * @param constraint what the output must be
 */
record ToolReader(List<ToolSpec> declared, OutputConstraint constraint) {
    private static final int MOST_TOOLS = 128;
    private static final String ANY_OBJECT = "{\"type\":\"object\"}";
    private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    static ToolReader read(Fields body) {
        OrderParts.refuse(body, "functions", "use 'tools'.");
        OrderParts.refuse(body, "function_call", "use 'tool_choice'.");
        List<JsonElement> given = body.array("tools").orElse(List.of());
        if (given.size() > MOST_TOOLS) {
            throw ApiException.invalid("tools", "expected at most " + MOST_TOOLS + " tools.");
        }
        List<ToolSpec> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean strict = false;
        for (JsonElement element : given) {
            Fields tool = Fields.of(element, "tools[" + tools.size() + "]");
            Fields function = function(tool, "tools of type 'function'");
            ToolSpec spec = spec(function);
            if (!names.add(spec.name())) {
                throw ApiException.invalid(function.path("name"), "another tool has the same name.");
            }
            strict |= function.flag("strict", false);
            tools.add(spec);
        }
        boolean parallel = body.flag("parallel_tool_calls", true);
        OutputConstraint constraint = answer(body);
        if (tools.isEmpty() || isForbidden(body)) {
            choice(body, names);
            return new ToolReader(List.of(), constraint);
        }
        return new ToolReader(tools,
                new OutputConstraint(constraint.answerSchema(), choice(body, names), strict, parallel));
    }

    private static Fields function(Fields of, String expected) {
        String type = of.requiredString("type");
        if (!type.equals("function")) {
            throw ApiException.unsupported(of.path("type"), "expected " + expected + ", but got '" + type + "'.");
        }
        return of.requiredObject("function");
    }

    private static ToolSpec spec(Fields function) {
        String parameters = function.object("parameters").map(schema -> schema.json().toString())
                .orElse(NO_PARAMETERS);
        try {
            return new ToolSpec(function.requiredString("name"), function.string("description").orElse(""),
                    parameters);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(function.path("name"), e.getMessage() + ".");
        }
    }

    /** Then the model is not told of its tools, and what looks like a call is text. */
    private static boolean isForbidden(Fields body) {
        return body.get("tool_choice").filter(JsonElement::isJsonPrimitive)
                .filter(choice -> choice.getAsString().equals("none")).isPresent();
    }

    private static CallRule choice(Fields body, Set<String> tools) {
        Optional<JsonElement> choice = body.get("tool_choice");
        if (choice.isEmpty()) {
            return CallRule.FREE;
        }
        if (choice.get().isJsonObject()) {
            Fields named = function(Fields.of(choice.get(), "tool_choice"), "type 'function'");
            return new CallRule.Named(known(named, tools));
        }
        String word = Fields.string(choice.get(), "tool_choice");
        return switch (word) {
            case "none", "auto" -> CallRule.FREE;
            case "required" -> {
                if (tools.isEmpty()) {
                    throw ApiException.invalid("tool_choice", "a call is required, but there are no 'tools'.");
                }
                yield CallRule.REQUIRED;
            }
            default -> throw ApiException.invalid("tool_choice",
                    "expected 'none', 'auto', 'required' or a function, but got '" + word + "'.");
        };
    }

    private static String known(Fields named, Set<String> tools) {
        String name = named.requiredString("name");
        if (!tools.contains(name)) {
            throw ApiException.invalid(named.path("name"), "there is no such tool in 'tools'.");
        }
        return name;
    }

    private static OutputConstraint answer(Fields body) {
        Optional<Fields> format = body.object("response_format");
        if (format.isEmpty()) {
            return OutputConstraint.NONE;
        }
        String type = format.get().requiredString("type");
        return switch (type) {
            case "text" -> OutputConstraint.NONE;
            case "json_object" -> OutputConstraint.answer(ANY_OBJECT);
            case "json_schema" -> {
                JsonObject schema = format.get().requiredObject("json_schema").requiredObject("schema").json();
                yield OutputConstraint.answer(schema.toString());
            }
            default -> throw ApiException.unsupported("response_format.type",
                    "expected 'text', 'json_object' or 'json_schema', but got '" + type + "'.");
        };
    }
}
