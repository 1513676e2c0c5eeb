package io.augserve.onnx.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.augserve.onnx.text.CallForm;
import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallRulesTest {
    private static final ToolSpec PRICE = new ToolSpec("get_price", "", """
            {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]}""");
    private static final ToolSpec TIME = new ToolSpec("get_time", "", "{\"type\": \"object\", \"properties\": {}}");
    private static final List<ToolSpec> TOOLS = List.of(PRICE, TIME);
    private static final CallForm HERMES = new CallForm.Tagged("<tool_call>", "</tool_call>");
    private static final CallForm LLAMA3 = new CallForm.Leading("<|python_tag|>");
    private static final String CALL = "<tool_call>\n{\"name\": \"get_price\", \"arguments\": {\"item\": \"lamp\"}}\n</tool_call>";
    private static final String TIME_CALL = "<tool_call>{\"name\":\"get_time\",\"arguments\":{}}</tool_call>";
    private static final String BARE = "{\"name\": \"get_price\", \"parameters\": {\"item\": \"lamp\"}}";
    private static final OutputConstraint STRICT = OutputConstraint.strictCalls();
    private static final String YES = "{\"type\": \"object\", \"properties\": {\"yes\": {\"type\": \"string\"}}, \"required\": [\"yes\"]}";

    private static TurnRules rules(OutputConstraint constraint, CallForm form) {
        return new TurnRules(constraint, TOOLS, form);
    }

    private static Rule first(OutputConstraint constraint, CallForm form) {
        return rules(constraint, form).first().orElseThrow();
    }

    private static void accepts(Rule rule, String... texts) {
        assertThat(texts).allMatch(text -> Reading.accepts(rule, text));
    }

    private static void rejects(Rule rule, String... texts) {
        assertThat(texts).noneMatch(text -> Reading.accepts(rule, text));
    }

    @Test
    void textIsFreeAndCallsAreNot() {
        Rule turn = first(STRICT, HERMES);
        accepts(turn, "", "Hello < <tool_ca", CALL, "Let me see. " + CALL + "\n" + CALL + " done", "<" + TIME_CALL);
        assertThat(List.of("<tool_call>\n{\"name\": \"get_weather\"", "<tool_call>x",
                "<tool_call>{\"name\": \"get_time\", \"arguments\": {\"item\"",
                "a <tool_call>{\"name\": \"get_price\", \"arguments\": {}"))
                .noneMatch(text -> Reading.begins(turn, text));
        rejects(turn, CALL.substring(0, CALL.length() - 1));
    }

    @Test
    void nothingButCalls() {
        Rule turn = first(OutputConstraint.NONE.withCalls(CallRule.REQUIRED), HERMES);
        accepts(turn, CALL, CALL + CALL, CALL + "\n" + TIME_CALL,
                "<tool_call>{\"name\":\"get_time\",\"arguments\":{\"any\": [1]}}</tool_call>");
        rejects(turn, "Hello", CALL + " so", "", "<tool_call>{\"name\":\"get_time\",\"arguments\":1}</tool_call>");
        accepts(first(STRICT.withCalls(CallRule.REQUIRED), HERMES), CALL, TIME_CALL);
        rejects(first(STRICT.withCalls(CallRule.REQUIRED), HERMES),
                "<tool_call>{\"name\":\"get_time\",\"arguments\":{\"any\": [1]}}</tool_call>");
    }

    @Test
    void oneToolAlone() {
        Rule turn = first(OutputConstraint.NONE.withCalls(new CallRule.Named("get_time")), HERMES);
        accepts(turn, TIME_CALL, TIME_CALL + TIME_CALL);
        rejects(turn, CALL, TIME_CALL + CALL, "");
    }

    @Test
    void askedForCallsBindTheFirstTurnAlone() {
        assertThat(rules(OutputConstraint.NONE.withCalls(CallRule.REQUIRED), HERMES).later()).isEmpty();
        accepts(rules(STRICT.withCalls(CallRule.REQUIRED), HERMES).later().orElseThrow(), "", "text", CALL);
    }

    @Test
    void singleCallsEndTheirTurn() {
        Rule turn = first(OutputConstraint.NONE.withSingleCalls(), HERMES);
        accepts(turn, "", "text", "text " + CALL, TIME_CALL);
        rejects(turn, CALL + CALL, CALL + "\n", CALL + " text");
        rejects(first(OutputConstraint.NONE.withSingleCalls().withCalls(CallRule.REQUIRED), HERMES), CALL + CALL, "");
    }

    @Test
    void anAnswerOrCalls() {
        Rule turn = first(OutputConstraint.answer(YES), HERMES);
        accepts(turn, "{\"yes\": \"a\"}", CALL, CALL + "\n" + TIME_CALL);
        rejects(turn, "text", "{\"yes\": \"a\"}" + CALL, "text " + CALL, "");
    }

    @Test
    void noStringOfAnAnswerCanBeTakenForACall() {
        Rule turn = first(OutputConstraint.answer(YES), HERMES);
        accepts(turn, "{\"yes\": \"<tool_call\"}", "{\"yes\": \"\\u003ctool_call>\"}", "{\"yes\": \"</tool_call>\"}");
        rejects(turn, "{\"yes\": \"<tool_call>\"}", "{\"yes\": \"<<tool_call>\"}");
        accepts(new TurnRules(OutputConstraint.answer(YES), List.of(), HERMES).first().orElseThrow(),
                "{\"yes\": \"<tool_call>\"}");
        accepts(first(OutputConstraint.answer("{\"const\": \"a <tool_call>\"}"), HERMES), "\"a \\u003ctool_call>\"");
    }

    @Test
    void leadingCalls() {
        Rule turn = first(STRICT, LLAMA3);
        accepts(turn, "", "Hello {\"name\"", "<", "<b>", BARE, BARE + "; " + BARE, BARE + ";" + BARE);
        rejects(turn, "{", " {\"name\":", "{\"a\": 1}", BARE + " text", "a <|python_tag|>", "<|python_tag|>",
                "<<|python_tag|>", BARE.replace("item", "other"));
        accepts(first(STRICT.withCalls(CallRule.REQUIRED), LLAMA3), BARE);
        rejects(first(STRICT.withCalls(CallRule.REQUIRED), LLAMA3), "", "text");
        rejects(first(STRICT.withSingleCalls(), LLAMA3), BARE + ";" + BARE);
        accepts(first(OutputConstraint.answer(YES), LLAMA3), "{\"yes\": \"a\"}", BARE);
    }

    @Test
    void answersThatLlamaWouldCallAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rules(OutputConstraint.answer(YES.replace("yes", "name")), LLAMA3))
                .withMessageContaining("an answer that begins with {\"name\": would be read as a call");
        assertThat(new TurnRules(OutputConstraint.answer(YES.replace("yes", "name")), List.of(), LLAMA3).first())
                .isPresent();
    }

    @Test
    void whatBindsNothing() {
        assertThat(new TurnRules(STRICT, List.of(), HERMES).first()).as("no tools, no calls").isEmpty();
        assertThat(rules(OutputConstraint.NONE, HERMES).first()).isEmpty();
    }

    @Test
    void aSchemaThatIsNotUnderstoodNamesTheTool() {
        ToolSpec odd = new ToolSpec("odd", "", "{\"not\": {}}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TurnRules(STRICT, List.of(PRICE, odd), HERMES))
                .withMessageContaining("tool 'odd', schema, #/not");
        ToolSpec text = new ToolSpec("text", "", "{\"type\": \"string\"}");
        assertThatIllegalArgumentException().isThrownBy(() -> new TurnRules(STRICT, List.of(text), HERMES))
                .withMessageContaining("tool 'text', schema, #: expected a schema of objects");
        accepts(new TurnRules(STRICT, List.of(new ToolSpec("free", "", "{}")), HERMES).first().orElseThrow(),
                "<tool_call>{\"name\":\"free\",\"arguments\":{\"a\": 1}}</tool_call>");
    }
}
