package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.sequence;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns that may call tools, in Hermes' form: {@code <tool_call>{"name": ..., "arguments": ...}</tool_call>}, the arguments following the
 * schema of the tool that is named.
 */
final class CallRules {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Rule.Text untilCall;
    private final Rule open;
    /** What follows the opening marker, the closing one included. */
    private final Rule body;

    /**
     * @throws IllegalArgumentException if a tool's schema is not understood; the message names the tool
     */
    CallRules(String openMarker, String closeMarker, List<ToolSpec> tools) {
        untilCall = new Rule.Text(openMarker);
        open = literal(openMarker);
        List<Rule> calls = new ArrayList<>();
        for (ToolSpec tool : tools) {
            calls.add(call(tool));
        }
        Rule space = optional(literal("\n"));
        body = sequence(space, new Rule.Choice(calls), space, literal(closeMarker));
    }

    private static Rule call(ToolSpec tool) {
        Rule arguments;
        try {
            arguments = JsonSchema.compile(tool.parametersSchema());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tool '" + tool.name() + "', " + e.getMessage(), e);
        }
        return sequence(literal("{\"name\""), JsonRules.COLON, literal(JSON.toJson(tool.name())), JsonRules.COMMA,
                literal("\"arguments\""), JsonRules.COLON, arguments, literal("}"));
    }

    /** Text with any number of calls in it. */
    Rule textAndCalls() {
        Rule.Reference turn = new Rule.Reference();
        turn.resolve(sequence(untilCall, body, turn));
        return turn;
    }

    /** Nothing but calls, at least one. */
    Rule calls() {
        Rule call = sequence(open, body);
        return sequence(call, new Rule.Repeat(sequence(optional(literal("\n")), call), 0, Rule.UNBOUNDED));
    }
}
