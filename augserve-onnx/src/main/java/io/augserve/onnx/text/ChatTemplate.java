package io.augserve.onnx.text;

import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.List;

/** A model family's way to write a conversation as text and to write calls. Immutable. */
interface ChatTemplate {
    /**
     * Writes a conversation up to where the model's next turn begins.
     *
     * @param messages at least one
     * @throws IllegalArgumentException if the template cannot express it; the message says what
     */
    void writeChat(MarkedText.Builder out, List<ChatMessage> messages, List<ToolSpec> tools);

    /**
     * Writes what follows the end token of a turn that ended in calls, up to where the model's next turn begins.
     *
     * @param results at least one
     */
    void writeToolResults(MarkedText.Builder out, List<ToolResult> results);

    /** Reads the calls of one turn. */
    CallParser newCallParser();

    /** How that parser tells calls from text. */
    CallForm callForm();

    /** Added tokens without which the template makes no sense. */
    List<String> requiredTokens();

    /** Tokens that the call parser must see even where the tokenizer calls them special. */
    List<String> callMarkers();
}
