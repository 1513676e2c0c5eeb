package io.augserve.onnx.text;

import io.augserve.request.ChatMessage;
import io.augserve.request.ChatMessage.Role;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Locale;

/**
 * Llama 3.1, 3.2 and 3.3 Instruct, byte for byte as their published templates write a conversation with custom tools.
 * An assistant's message that calls tools is its calls alone, its content is dropped; a tool's result is written as a
 * JSON string.
 *
 * <p>
 * The templates refuse a turn with several calls although the models write them, separated by {@code ;}. Here such a
 * turn is written that way, so that what the model did can be told to it again.
 *
 * @param toolsInUserMessage whether the tools stand in the first user message or in the system message
 * @param date the prompt's "Today Date"
 */
record Llama3Template(boolean toolsInUserMessage, String date) implements ChatTemplate {
    private static final String BEGIN = "<|begin_of_text|>";
    private static final String HEADER = "<|start_header_id|>";
    private static final String HEADER_END = "<|end_header_id|>";
    private static final String END = "<|eot_id|>";
    // The missing space between the first two sentences is the template's.
    private static final String CALL_FORM = "Respond in the format {\"name\": function name, \"parameters\": dictionary of "
            + "argument name and its value}.Do not use variables.\n\n";
    private static final String SYSTEM_GUIDANCE = "You have access to the following functions. To call a function, please respond with JSON for a function call."
            + CALL_FORM;
    private static final String USER_GUIDANCE = "Given the following functions, please respond with a JSON for a function call with its proper arguments that "
            + "best answers the given prompt.\n\n" + CALL_FORM;

    @Override
    public void writeChat(MarkedText.Builder out, List<ChatMessage> messages, List<ToolSpec> tools) {
        boolean system = messages.getFirst().role() == Role.SYSTEM;
        out.markup(BEGIN);
        writeSystem(out, system ? messages.getFirst().content() : "", tools);
        List<ChatMessage> rest = messages.subList(system ? 1 : 0, messages.size());
        if (toolsInUserMessage && !tools.isEmpty()) {
            if (rest.isEmpty() || rest.getFirst().role() != Role.USER) {
                throw new IllegalArgumentException(
                        "Llama 3 writes the tools into the first message after the system's: "
                                + "expected a user message there, got "
                                + (rest.isEmpty() ? "none" : role(rest.getFirst().role())));
            }
            header(out, "user");
            out.markup(USER_GUIDANCE);
            writeTools(out, tools);
            out.content(PythonText.strip(rest.getFirst().content())).markup(END);
            rest = rest.subList(1, rest.size());
        }
        rest.forEach(message -> writeMessage(out, message));
        header(out, "assistant");
    }

    @Override
    public void writeToolResults(MarkedText.Builder out, List<ToolResult> results) {
        results.forEach(result -> writeResult(out, result.text()));
        header(out, "assistant");
    }

    @Override
    public CallParser newCallParser() {
        return new Llama3CallParser();
    }

    @Override
    public CallForm callForm() {
        return new CallForm.Leading(Llama3CallParser.PYTHON_TAG);
    }

    @Override
    public List<String> requiredTokens() {
        return List.of(BEGIN, HEADER, HEADER_END, END);
    }

    @Override
    public List<String> callMarkers() {
        return List.of(Llama3CallParser.PYTHON_TAG);
    }

    private void writeSystem(MarkedText.Builder out, String system, List<ToolSpec> tools) {
        header(out, "system");
        out.markup(tools.isEmpty() ? "" : "Environment: ipython\n").markup("Cutting Knowledge Date: December 2023\n")
                .markup("Today Date: ").content(date).markup("\n\n");
        if (!toolsInUserMessage && !tools.isEmpty()) {
            out.markup(SYSTEM_GUIDANCE);
            writeTools(out, tools);
        }
        out.content(PythonText.strip(system)).markup(END);
    }

    private static void writeTools(MarkedText.Builder out, List<ToolSpec> tools) {
        tools.forEach(tool -> out.content(ToolJson.indented(tool)).markup("\n\n"));
    }

    private static void writeMessage(MarkedText.Builder out, ChatMessage message) {
        if (message.role() == Role.TOOL) {
            writeResult(out, message.content());
        } else {
            header(out, role(message.role()));
            if (message.toolCalls().isEmpty()) {
                String content = PythonText.strip(message.content());
                if (message.role() == Role.ASSISTANT) {
                    out.spoken(content);
                } else {
                    out.content(content);
                }
            } else {
                writeCalls(out, message.toolCalls());
            }
            out.markup(END);
        }
    }

    private static void writeCalls(MarkedText.Builder out, List<ToolCall> calls) {
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            out.markup(i == 0 ? "" : "; ").markup("{\"name\": \"").content(call.name()).markup("\", \"parameters\": ")
                    .content(ToolJson.arguments(call)).markup("}");
        }
    }

    private static void writeResult(MarkedText.Builder out, String content) {
        header(out, "ipython");
        // The template asks whether the content is iterable, and in Python a string is.
        out.content(PythonJson.string(content)).markup(END);
    }

    private static void header(MarkedText.Builder out, String role) {
        out.markup(HEADER + role + HEADER_END + "\n\n");
    }

    private static String role(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
