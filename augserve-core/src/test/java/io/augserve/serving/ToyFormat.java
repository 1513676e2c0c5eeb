package io.augserve.serving;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.stream.Collectors;

/** One character a token; calls are {@code [name:arguments]}, and {@code [!]} is a malformed one. */
final class ToyFormat implements ChatFormat {
    static final String ASSISTANT = "\nA:";

    @Override
    public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
        return encodeText(messages.stream().map(message -> message.role().name().charAt(0) + ":" + message.content())
                .collect(Collectors.joining("\n")) + ASSISTANT);
    }

    @Override
    public int[] encodeToolResults(List<ToolResult> results) {
        return encodeText(
                results.stream().map(result -> "\nR:" + result.text()).collect(Collectors.joining()) + ASSISTANT);
    }

    @Override
    public int[] encodeText(String text) {
        return text.chars().toArray();
    }

    @Override
    public TurnDecoder newDecoder(boolean tools) {
        return new TurnDecoder() {
            private final StringBuilder call = new StringBuilder();

            @Override
            public TurnPiece push(int token) {
                if (token == ToyEngine.END) {
                    return TurnPiece.EMPTY;
                }
                char c = (char) token;
                if (!tools || (call.isEmpty() && c != '[')) {
                    return new TurnPiece(String.valueOf(c), List.of());
                }
                call.append(c);
                if (c != ']') {
                    return TurnPiece.EMPTY;
                }
                String inside = call.substring(1, call.length() - 1);
                call.setLength(0);
                int colon = inside.indexOf(':');
                return new TurnPiece("", List.of(colon < 0
                        ? new ParsedCall.Malformed(inside, "expected name:arguments")
                        : new ParsedCall.Valid(inside.substring(0, colon), inside.substring(colon + 1))));
            }

            @Override
            public TurnPiece finish() {
                return TurnPiece.EMPTY;
            }
        };
    }
}
