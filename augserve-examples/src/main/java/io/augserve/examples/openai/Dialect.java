package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SegmentResult;
import io.augserve.tool.ToolCall;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How an answer is told: as a chat completion or as a text completion, whole or in chunks. What it makes are elements of {@code choices}.
 * Thread-safe.
 */
interface Dialect {
    /** The {@code object} of a whole answer. */
    String whole();

    /** The {@code object} of a chunk. */
    String chunk();

    /** A whole answer. */
    JsonObject choice(int index, GenerationResult result);

    /** What a stream begins with. */
    List<JsonObject> opening(int index);

    /**
     * More of an answer.
     *
     * @param offset characters that were sent before
     */
    List<JsonObject> piece(int index, String text, List<OutputToken> tokens, int offset);

    /** What a stream ends with. */
    List<JsonObject> ending(int index, GenerationResult result);

    /** The whole text, that of turns before the last one included; they have some if tools ran in the server. */
    static String text(GenerationResult result) {
        return result.segments().stream().map(SegmentResult::text).collect(Collectors.joining());
    }

    /** The calls that are the client's to run; what looked like one and cannot be read has no name and is left out. */
    static List<ToolCall> calls(GenerationResult result) {
        return result.finishReason() == FinishReason.TOOL_CALLS
                ? result.segments().getLast().calls().stream().filter(call -> !call.name().isEmpty()).toList()
                : List.of();
    }

    /** OpenAI's word for why an answer ended. */
    static String reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case CANCELLED, FAILED -> throw ApiException.closed("The server ended the request: it is closing.");
        };
    }
}
