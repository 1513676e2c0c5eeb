package io.augserve.engine;

import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.List;

/** How conversations become tokens and sampled tokens become text and tool calls. Thread-safe; decoders are not. */
public interface ChatFormat {
    /**
     * The tokens of a conversation up to where the model's next turn begins.
     *
     * @throws IllegalArgumentException if the format cannot express it; the message says what
     */
    int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools);

    /**
     * The tokens that follow a turn which ended in calls: what closes it after its end token, the results, and the beginning of
     * the model's next turn.
     *
     * @param results one for each call, in the order of the calls; at least one
     */
    int[] encodeToolResults(List<ToolResult> results);

    /** The tokens of plain text; markup of the chat format inside it is text, never a special token. */
    int[] encodeText(String text);

    /**
     * Reads one turn of the model.
     *
     * @param tools whether tool calls are recognised; if not, their markup is plain text
     */
    TurnDecoder newDecoder(boolean tools);
}
