package io.augserve.request;

import static java.util.Objects.requireNonNull;

import io.augserve.tool.ToolCall;
import java.util.List;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param content the text; may be empty
 * @param toolCalls calls that an assistant's message makes; empty for every other role
 */
public record ChatMessage(Role role, String content, List<ToolCall> toolCalls) {
    /** Who speaks. */
    public enum Role {
        /** Instructions; at most one, first. */
        SYSTEM,
        /** The person or program that asks. */
        USER,
        /** The model. */
        ASSISTANT,
        /** The result of one tool call; results of one turn stand in the order of its calls. */
        TOOL
    }

    /**
     * @throws IllegalArgumentException if anyone but the assistant calls tools
     */
    public ChatMessage {
        requireNonNull(role, "role");
        requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
        if (role != Role.ASSISTANT && !toolCalls.isEmpty()) {
            throw new IllegalArgumentException("only an assistant's message can call tools, got role " + role);
        }
    }

    /** Instructions. */
    public static ChatMessage system(String content) {
        return new ChatMessage(Role.SYSTEM, content, List.of());
    }

    /** A question. */
    public static ChatMessage user(String content) {
        return new ChatMessage(Role.USER, content, List.of());
    }

    /** An answer. */
    public static ChatMessage assistant(String content, ToolCall... calls) {
        return new ChatMessage(Role.ASSISTANT, content, List.of(calls));
    }

    /** A tool's result. */
    public static ChatMessage tool(String content) {
        return new ChatMessage(Role.TOOL, content, List.of());
    }
}
