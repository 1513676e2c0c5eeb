package io.augserve.onnx.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.augserve.tool.ToolSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallRulesTest {
    private static final ToolSpec PRICE = new ToolSpec("get_price", "", """
            {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]}""");
    private static final ToolSpec TIME = new ToolSpec("get_time", "", "{\"type\": \"object\", \"properties\": {}}");
    private static final String CALL = "<tool_call>\n{\"name\": \"get_price\", \"arguments\": {\"item\": \"lamp\"}}\n</tool_call>";

    private final CallRules rules = new CallRules("<tool_call>", "</tool_call>", List.of(PRICE, TIME));

    @Test
    void textIsFreeAndCallsAreNot() {
        Rule turn = rules.textAndCalls();
        assertThat(List.of("", "Hello < <tool_ca", CALL, "Let me see. " + CALL + "\n" + CALL + " done",
                "<<tool_call>{\"name\":\"get_time\",\"arguments\":{}}</tool_call>"))
                .allMatch(text -> Reading.accepts(turn, text));
        assertThat(List.of("<tool_call>\n{\"name\": \"get_weather\"", "<tool_call>x",
                "<tool_call>{\"name\": \"get_time\", \"arguments\": {\"item\"",
                "a <tool_call>{\"name\": \"get_price\", \"arguments\": {}"))
                .noneMatch(text -> Reading.begins(turn, text));
        assertThat(Reading.accepts(turn, CALL.substring(0, CALL.length() - 1))).as("not closed").isFalse();
    }

    @Test
    void nothingButCalls() {
        Rule turn = rules.calls();
        assertThat(List.of(CALL, CALL + CALL, CALL + "\n" + CALL)).allMatch(text -> Reading.accepts(turn, text));
        assertThat(List.of("Hello", CALL + " so", "")).noneMatch(text -> Reading.accepts(turn, text));
    }

    @Test
    void aSchemaThatIsNotUnderstoodNamesTheTool() {
        ToolSpec odd = new ToolSpec("odd", "", "{\"not\": {}}");
        assertThatIllegalArgumentException().isThrownBy(() -> new CallRules("<", ">", List.of(PRICE, odd)))
                .withMessageContaining("tool 'odd', schema, #/not");
    }
}
