package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.UNBOUNDED;
import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.repeat;
import static io.augserve.onnx.grammar.Rule.sequence;

import io.augserve.onnx.text.CallForm;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Llama 3's form: {@code {"name": ..., "parameters": ...}} at the beginning of the turn, further ones behind {@code ;}. A turn of text begins
 * with something that can not become a call, and does not show the tag that announces one.
 */
final class LeadingCalls implements CallRules {
    private static final Rule NEXT = sequence(literal(";"), optional(literal(" ")));
    private static final Rule.Bytes NOT_A_CALL = Rule.Bytes.range(0, 0xff).without("{ \t\n\u000b\f\r");
    /** Whole beginnings of what the parser takes for calls, in our way to write JSON. */
    private static final List<String> BEGINNINGS = List.of("{\"name\":", "{\"type\":\"function\"",
            "{\"type\": \"function\"");

    private final Marker tag;
    private final Rule text;

    LeadingCalls(CallForm.Leading form) {
        tag = new Marker(form.tag());
        Rule tagless = FreeText.without(tag);
        // The tag may not begin with the first byte either, which free text does not see.
        String first = form.tag().substring(0, 1);
        String second = form.tag().substring(1, 2);
        text = choice(Rule.EMPTY, sequence(NOT_A_CALL.without(first), tagless), sequence(literal(first),
                choice(Rule.EMPTY, sequence(Rule.Bytes.range(0, 0xff).without(first + second), tagless))));
    }

    @Override
    public String argumentsName() {
        return "parameters";
    }

    @Override
    public Rule calls(Rule call, boolean several) {
        return several ? sequence(call, repeat(sequence(NEXT, call), 0, UNBOUNDED)) : call;
    }

    @Override
    public Rule textOrCalls(Rule call, boolean several) {
        return choice(calls(call, several), text);
    }

    @Override
    public Marker callSign() {
        return tag;
    }

    @Override
    public void checkAnswer(Rule answer) {
        for (String beginning : BEGINNINGS) {
            Automaton.State state = new Automaton(answer).start();
            for (byte each : beginning.getBytes(StandardCharsets.UTF_8)) {
                state = state.after(each & 0xff);
            }
            if (!state.isDead()) {
                throw new IllegalArgumentException("an answer that begins with " + beginning
                        + " would be read as a call in this model's chat format: expected another first member, or no tools");
            }
        }
    }
}
