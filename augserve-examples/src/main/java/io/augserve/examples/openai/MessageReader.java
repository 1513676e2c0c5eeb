package io.augserve.examples.openai;

import com.google.gson.JsonElement;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conversation so far. OpenAI's clients tie results to calls by id and may send them in any order; a chat format ties them by their
 * order, so results are put into the order of the calls. Instructions at the beginning become one message.
 */
final class MessageReader {
    private static final String PARAGRAPH = "\n\n";

    private final List<ChatMessage> read = new ArrayList<>();
    /** The calls of the latest turn and their results so far, as many and in their order; empty if all are answered. */
    private List<ToolCall> open = List.of();
    private final List<@Nullable String> results = new ArrayList<>();

    private MessageReader() {}

    /**
     * Reads the conversation.
     *
     * @throws ApiException if it is longer than the limit or is none
     */
    static List<ChatMessage> read(Fields body, int most) {
        List<JsonElement> messages = Fields.array(body.required("messages"), "messages");
        if (messages.isEmpty()) {
            throw ApiException.invalid("messages", "expected at least one message.");
        }
        if (messages.size() > most) {
            throw ApiException.tooLarge("The conversation has " + messages.size() + " messages: expected at most "
                    + most + ".");
        }
        MessageReader reader = new MessageReader();
        for (int i = 0; i < messages.size(); i++) {
            reader.add(Fields.of(messages.get(i), "messages[" + i + "]"));
        }
        reader.requireAnswered("messages");
        return List.copyOf(reader.read);
    }

    private void add(Fields message) {
        String role = message.requiredString("role");
        if (!role.equals("tool")) {
            requireAnswered(message.path("role"));
        }
        switch (role) {
            case "system", "developer" -> addInstructions(message);
            case "user" -> read.add(ChatMessage.user(requiredText(message)));
            case "assistant" -> addTurn(message);
            case "tool" -> addResult(message);
            default -> throw ApiException.invalid(message.path("role"),
                    "expected 'system', 'developer', 'user', 'assistant' or 'tool', but got '" + role + "'.");
        }
    }

    private void addInstructions(Fields message) {
        String text = requiredText(message);
        if (read.isEmpty()) {
            read.add(ChatMessage.system(text));
        } else if (read.size() == 1 && read.getFirst().role() == ChatMessage.Role.SYSTEM) {
            read.set(0, ChatMessage.system(read.getFirst().content() + PARAGRAPH + text));
        } else {
            throw ApiException.unsupported(message.path("role"), "instructions must come before every other message.");
        }
    }

    private void addTurn(Fields message) {
        List<ToolCall> calls = calls(message);
        Optional<String> text = text(message);
        if (text.isEmpty() && calls.isEmpty()) {
            throw ApiException.missing(message.path("content"));
        }
        read.add(ChatMessage.assistant(text.orElse(""), calls.toArray(ToolCall[]::new)));
        open = calls;
        results.clear();
        calls.forEach(call -> results.add(null));
    }

    private void addResult(Fields message) {
        String path = message.path("tool_call_id");
        String id = message.requiredString("tool_call_id");
        if (open.isEmpty()) {
            throw ApiException.invalid(message.path("role"),
                    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
        }
        int index = open.stream().map(ToolCall::id).toList().indexOf(id);
        if (index < 0) {
            throw ApiException.invalid(path, "the preceding message has no call of this id.");
        }
        if (results.get(index) != null) {
            throw ApiException.invalid(path, "this call has been answered already.");
        }
        results.set(index, requiredText(message));
        if (!results.contains(null)) {
            results.forEach(result -> read.add(ChatMessage.tool(String.valueOf(result))));
            open = List.of();
        }
    }

    private void requireAnswered(String path) {
        for (int i = 0; i < open.size(); i++) {
            if (results.get(i) == null) {
                throw ApiException.invalid(path,
                        "an assistant message with 'tool_calls' must be followed by tool messages responding to each "
                                + "'tool_call_id'; no result of '" + open.get(i).id() + "' was found.");
            }
        }
    }

    private static List<ToolCall> calls(Fields message) {
        OrderParts.refuse(message, "function_call", "use 'tool_calls'.");
        List<JsonElement> given = message.array("tool_calls").orElse(List.of());
        List<ToolCall> calls = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonElement element : given) {
            Fields call = Fields.of(element, message.path("tool_calls[" + calls.size() + "]"));
            String type = call.string("type").orElse("function");
            if (!type.equals("function")) {
                throw ApiException.unsupported(call.path("type"), "expected 'function', but got '" + type + "'.");
            }
            String id = call.requiredString("id");
            if (!ids.add(id)) {
                throw ApiException.invalid(call.path("id"), "another call of this message has the same id.");
            }
            Fields function = call.requiredObject("function");
            calls.add(new ToolCall(id, function.requiredString("name"), function.requiredString("arguments")));
        }
        return calls;
    }

    private static String requiredText(Fields message) {
        return text(message).orElseThrow(() -> ApiException.missing(message.path("content")));
    }

    /** A string, or the texts of an array's parts on lines of their own. */
    private static Optional<String> text(Fields message) {
        Optional<JsonElement> content = message.get("content");
        if (content.isEmpty() || !content.get().isJsonArray()) {
            return message.string("content");
        }
        List<String> texts = new ArrayList<>();
        for (JsonElement element : content.get().getAsJsonArray()) {
            Fields part = Fields.of(element, message.path("content[" + texts.size() + "]"));
            String type = part.requiredString("type");
            if (!type.equals("text")) {
                throw ApiException.unsupported(part.path("type"), "expected 'text', but got '" + type + "'.");
            }
            texts.add(part.requiredString("text"));
        }
        return Optional.of(String.join("\n", texts));
    }
}
