package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.UNBOUNDED;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.repeat;
import static io.augserve.onnx.grammar.Rule.sequence;

import io.augserve.onnx.text.CallForm;

/** Hermes' form: {@code <tool_call>{"name": ..., "arguments": ...}</tool_call>}, with text before, between and behind. */
final class TaggedCalls implements CallRules {
    private static final Rule LINE = optional(literal("\n"));

    private final Marker sign;
    private final Rule open;
    private final Rule close;

    TaggedCalls(CallForm.Tagged form) {
        sign = new Marker(form.open());
        open = literal(form.open());
        close = literal(form.close());
    }

    @Override
    public String argumentsName() {
        return "arguments";
    }

    @Override
    public Rule calls(Rule call, boolean several) {
        Rule one = sequence(open, body(call));
        return several ? sequence(one, repeat(sequence(LINE, one), 0, UNBOUNDED)) : one;
    }

    /** A single call ends its turn. */
    @Override
    public Rule textOrCalls(Rule call, boolean several) {
        Rule textAndCall = sequence(FreeText.upTo(sign), body(call));
        return several ? repeat(textAndCall, 0, UNBOUNDED) : textAndCall;
    }

    /** What follows the opening tag, the closing one included. */
    private Rule body(Rule call) {
        return sequence(LINE, call, LINE, close);
    }

    @Override
    public Marker callSign() {
        return sign;
    }

    @Override
    public void checkAnswer(Rule answer) {
        // Calls begin with their tag alone, which no string of an answer shows.
    }
}
