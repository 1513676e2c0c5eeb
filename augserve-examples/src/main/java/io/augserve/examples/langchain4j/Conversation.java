package io.augserve.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** From the framework's messages to the server's. */
final class Conversation {
    /** What chat formats and models take for a failure's beginning. */
    private static final String ERROR = "error: ";

    private Conversation() {}

    /**
     * The same conversation; several texts of one message become lines of one.
     *
     * @throws UnsupportedFeatureException if there is more than text in it
     */
    static List<ChatMessage> of(List<dev.langchain4j.data.message.ChatMessage> messages) {
        List<ChatMessage> conversation = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            switch (messages.get(i)) {
                case SystemMessage system -> conversation.add(ChatMessage.system(system.text()));
                case UserMessage user -> conversation.add(ChatMessage.user(text(user.contents())));
                case AiMessage answer -> {
                    conversation.add(ChatMessage.assistant(Objects.requireNonNullElse(answer.text(), ""),
                            answer.toolExecutionRequests().stream().map(Conversation::call).toArray(ToolCall[]::new)));
                    List<ToolExecutionResultMessage> results = resultsAt(messages, i + 1);
                    results.stream().sorted(Comparator.comparingInt(result -> place(result, answer)))
                            .forEach(result -> conversation.add(ChatMessage.tool(text(result))));
                    i += results.size();
                }
                case ToolExecutionResultMessage result -> conversation.add(ChatMessage.tool(text(result)));
                case dev.langchain4j.data.message.ChatMessage other -> throw new UnsupportedFeatureException(
                        "a message of type " + other.type() + " is not supported by AugServe");
            }
        }
        return conversation;
    }

    /** The results of one turn: those that stand next to one another. */
    private static List<ToolExecutionResultMessage> resultsAt(List<dev.langchain4j.data.message.ChatMessage> messages,
            int start) {
        return messages.subList(start, messages.size()).stream()
                .takeWhile(ToolExecutionResultMessage.class::isInstance).map(ToolExecutionResultMessage.class::cast)
                .toList();
    }

    /** The server knows a result by the place of its call; one that answers no call of this turn stays behind the others. */
    private static int place(ToolExecutionResultMessage result, AiMessage answer) {
        List<ToolExecutionRequest> calls = answer.toolExecutionRequests();
        for (int i = 0; i < calls.size(); i++) {
            if (Objects.equals(calls.get(i).id(), result.id())) {
                return i;
            }
        }
        return calls.size();
    }

    private static ToolCall call(ToolExecutionRequest request) {
        String arguments = Optional.ofNullable(request.arguments()).filter(text -> !text.isBlank()).orElse("{}");
        return new ToolCall(Objects.requireNonNullElse(request.id(), ""), request.name(), arguments);
    }

    private static String text(ToolExecutionResultMessage result) {
        String text = text(result.contents());
        return Boolean.TRUE.equals(result.isError()) && !text.startsWith(ERROR) ? ERROR + text : text;
    }

    private static String text(List<Content> contents) {
        return contents.stream().map(Conversation::text).collect(Collectors.joining("\n"));
    }

    private static String text(Content content) {
        if (content instanceof TextContent text) {
            return text.text();
        }
        throw new UnsupportedFeatureException("content of type " + content.type().name().toLowerCase(Locale.ROOT)
                + " is not supported by AugServe: expected text");
    }
}
