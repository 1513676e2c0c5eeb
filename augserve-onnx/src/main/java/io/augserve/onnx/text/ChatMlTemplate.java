package io.augserve.onnx.text;

import io.augserve.request.ChatMessage;
import io.augserve.request.ChatMessage.Role;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.List;

/**
 * ChatML with Hermes-style tool calls in Qwen's wording, byte for byte as the published templates of Qwen2.5-Instruct
 * and Qwen3 write it. The members of the family differ in a default system prompt, in the braces of one sentence and in
 * their {@link ThinkingRules}; Qwen3's without any of them is the plain form.
 *
 * @param defaultSystem the system prompt where a conversation brings none; empty for no system message at all
 * @param doubledBraces whether the calls' example stands in {@code {{...}}}, as in Qwen2.5's first revision
 * @param thinking what becomes of {@code <think>} blocks
 */
record ChatMlTemplate(String defaultSystem, boolean doubledBraces, ThinkingRules thinking) implements ChatTemplate {
    private static final String START = "<|im_start|>";
    private static final String END = "<|im_end|>";
    private static final String TOOLS_HEAD = """
            # Tools

            You may call one or more functions to assist with the user query.

            You are provided with function signatures within <tools></tools> XML tags:
            <tools>""";
    private static final String TOOLS_TAIL = """

            </tools>

            For each function call, return a json object with function name and arguments within \
            <tool_call></tool_call> XML tags:
            <tool_call>
            {"name": <function-name>, "arguments": <args-json-object>}
            </tool_call>""";
    private static final String TOOLS_TAIL_DOUBLED = TOOLS_TAIL.replace("{\"name\"", "{{\"name\"")
            .replace("<args-json-object>}", "<args-json-object>}}");

    @Override
    public void writeChat(MarkedText.Builder out, List<ChatMessage> messages, List<ToolSpec> tools) {
        writeSystem(out, messages.getFirst(), tools);
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            switch (message.role()) {
                case SYSTEM -> {
                    if (i > 0) {
                        out.markup(START + "system\n").content(message.content()).markup(END + "\n");
                    }
                }
                case USER -> out.markup(START + "user\n").content(message.content()).markup(END + "\n");
                case ASSISTANT -> writeAssistant(out, thinking.spoken(messages, i), message.toolCalls());
                case TOOL -> {
                    if (i == 0 || messages.get(i - 1).role() != Role.TOOL) {
                        out.markup(START + "user");
                    }
                    writeResult(out, message.content());
                    if (i == messages.size() - 1 || messages.get(i + 1).role() != Role.TOOL) {
                        out.markup(END + "\n");
                    }
                }
            }
        }
        writeTurnStart(out);
    }

    @Override
    public void writeToolResults(MarkedText.Builder out, List<ToolResult> results) {
        out.markup("\n" + START + "user");
        results.forEach(result -> writeResult(out, result.text()));
        out.markup(END + "\n");
        writeTurnStart(out);
    }

    @Override
    public CallParser newCallParser() {
        return new HermesCallParser();
    }

    @Override
    public CallForm callForm() {
        return new CallForm.Tagged(HermesCallParser.OPEN, HermesCallParser.CLOSE);
    }

    @Override
    public List<String> requiredTokens() {
        return List.of(START, END);
    }

    @Override
    public List<String> callMarkers() {
        return List.of(HermesCallParser.OPEN, HermesCallParser.CLOSE);
    }

    private void writeSystem(MarkedText.Builder out, ChatMessage first, List<ToolSpec> tools) {
        boolean given = first.role() == Role.SYSTEM;
        String system = given ? first.content() : defaultSystem;
        if (!given && defaultSystem.isEmpty() && tools.isEmpty()) {
            return;
        }
        out.markup(START + "system\n").content(system);
        if (!tools.isEmpty()) {
            out.markup(given || !defaultSystem.isEmpty() ? "\n\n" : "").markup(TOOLS_HEAD);
            tools.forEach(tool -> out.markup("\n").content(ToolJson.compact(tool)));
            out.markup(doubledBraces ? TOOLS_TAIL_DOUBLED : TOOLS_TAIL);
        }
        out.markup(END + "\n");
    }

    private static void writeAssistant(MarkedText.Builder out, ThinkingRules.Spoken spoken, List<ToolCall> calls) {
        out.markup(START + "assistant\n").spoken(spoken.thought()).spoken(spoken.content());
        boolean newline = !spoken.content().isEmpty();
        for (ToolCall call : calls) {
            out.markup(newline ? "\n" : "").markup(HermesCallParser.OPEN + "\n{\"name\": \"").content(call.name())
                    .markup("\", \"arguments\": ").content(ToolJson.arguments(call))
                    .markup("}\n" + HermesCallParser.CLOSE);
            newline = true;
        }
        out.markup(END + "\n");
    }

    private static void writeResult(MarkedText.Builder out, String content) {
        out.markup("\n<tool_response>\n").content(content).markup("\n</tool_response>");
    }

    private void writeTurnStart(MarkedText.Builder out) {
        out.markup(START + "assistant\n").markup(thinking.turnStart());
    }
}
