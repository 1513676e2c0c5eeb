package io.augserve.onnx.text;

import io.augserve.engine.TurnDecoder;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A chat template and a tokenizer. Thread-safe; uses the tokenizer without owning it. */
final class TemplateChatFormat implements ReadableFormat {
    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final Map<Integer, String> specialMarkers = new HashMap<>();

    TemplateChatFormat(ChatTemplate template, Tokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
        for (String marker : template.callMarkers()) {
            tokenizer.addedToken(marker).filter(AddedToken::special)
                    .ifPresent(token -> specialMarkers.put(token.id(), marker));
        }
    }

    @Override
    public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
        return tokenizer.encode(chat(messages, tools));
    }

    @Override
    public int[] encodeToolResults(List<ToolResult> results) {
        if (results.isEmpty()) {
            throw new IllegalArgumentException("expected at least one tool result, got none");
        }
        MarkedText.Builder text = new MarkedText.Builder();
        template.writeToolResults(text, results);
        return tokenizer.encode(text.build());
    }

    @Override
    public int[] encodeText(String text) {
        return tokenizer.encodeText(text);
    }

    @Override
    public TurnDecoder newDecoder(boolean tools) {
        return new StreamingTurnDecoder(tokenizer.newDetokenizer(), tools ? specialMarkers : Map.of(),
                tools ? template.newCallParser() : CallParser.none());
    }

    @Override
    public CallForm callForm() {
        return template.callForm();
    }

    @Override
    public int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    @Override
    public byte[] bytes(int token) {
        String marker = specialMarkers.get(token);
        return marker == null ? tokenizer.bytes(token) : marker.getBytes(StandardCharsets.UTF_8);
    }

    /** The text that {@link #encodeChat} encodes. */
    MarkedText chat(List<ChatMessage> messages, List<ToolSpec> tools) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a chat needs at least one message");
        }
        MarkedText.Builder text = new MarkedText.Builder();
        template.writeChat(text, messages, tools);
        return text.build();
    }

    ChatTemplate template() {
        return template;
    }
}
