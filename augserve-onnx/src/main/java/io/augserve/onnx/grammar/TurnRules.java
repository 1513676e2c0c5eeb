package io.augserve.onnx.grammar;

import io.augserve.onnx.text.CallForm;
import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Optional;

/**
 * What a constraint means for a turn:
 *
 * <pre>
 * calls asked for       calls alone, at least one
 * a schema of answers   an answer, or calls alone if there are tools
 * strict or single calls, and tools
 *                       text, in which calls are whole
 * otherwise             anything
 * </pre>
 *
 * Where calls are bound at all, they name one of the tools and their arguments are an object; it follows the tool's schema if they are
 * strict.
 */
final class TurnRules {
    private final OutputConstraint constraint;
    private final boolean tools;
    private final CallRules form;
    private final CallObjects calls;
    private final Optional<Rule> answer;

    /**
     * @throws IllegalArgumentException if a schema is not understood, or the format can not tell its answers from calls
     */
    TurnRules(OutputConstraint constraint, List<ToolSpec> specs, CallForm callForm) {
        this.constraint = constraint;
        tools = !specs.isEmpty();
        form = CallRules.of(callForm);
        calls = new CallObjects(specs, constraint.strictArguments(), form.argumentsName());
        answer = constraint.answerSchema().map(this::answer);
    }

    private Rule answer(String schema) {
        Rule rule = JsonSchema.compile(schema, new JsonRules(tools ? Optional.of(form.callSign()) : Optional.empty()));
        if (tools) {
            form.checkAnswer(rule);
        }
        return rule;
    }

    /** The first turn of a request; empty if it is not bound. */
    Optional<Rule> first() {
        return switch (constraint.calls()) {
            case CallRule.Free _ -> later();
            case CallRule.Required _ -> Optional.of(calls(calls.any()));
            case CallRule.Named named -> Optional.of(calls(calls.of(named.tool())));
        };
    }

    /** Any other turn; empty if it is not bound. */
    Optional<Rule> later() {
        if (answer.isPresent()) {
            return answer.map(rule -> tools ? Rule.choice(rule, calls(calls.any())) : rule);
        }
        return tools && (constraint.strictArguments() || !constraint.parallelCalls())
                ? Optional.of(form.textOrCalls(calls.any(), constraint.parallelCalls()))
                : Optional.empty();
    }

    private Rule calls(Rule call) {
        if (call == Rule.NOTHING) {
            throw new IllegalArgumentException("a call is asked for, but there is no such tool");
        }
        return form.calls(call, constraint.parallelCalls());
    }
}
