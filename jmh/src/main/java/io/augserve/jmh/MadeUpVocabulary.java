package io.augserve.jmh;

import io.augserve.engine.TurnDecoder;
import io.augserve.onnx.text.CallForm;
import io.augserve.onnx.text.ReadableFormat;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Tokens as a byte-level BPE of that size has them, made up: all bytes, words of one to four syllables with and without a space in front,
 * words in other scripts, runs of spaces, and a share of them with quotes, brackets and other marks of code. The last token ends a turn.
 */
final class MadeUpVocabulary implements ReadableFormat {
    private static final String[] SYLLABLES = {"an", "ber", "co", "di", "er", "fo", "ga", "ing", "ka", "lo", "me", "nu",
            "or", "per", "qui", "re", "st", "ti", "un", "ver", "wa", "xe", "y", "zu"};
    private static final String[] MARKS = {"\"", "\":", "\",", "\"}", "\": \"", "\", \"", "\"]", "()", "{", "};", ".",
            ",", "=",
            "\\n", "_", "/", "<", ">"};

    private final List<byte[]> tokens = new ArrayList<>();

    MadeUpVocabulary(int size) {
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[]{(byte) value});
        }
        Random random = new Random(1);
        Set<String> words = new LinkedHashSet<>(List.of("<tool_call>", "</tool_call>"));
        while (words.size() < size - 257) {
            words.add(word(random));
        }
        words.forEach(word -> tokens.add(word.getBytes(StandardCharsets.UTF_8)));
        tokens.add(new byte[0]);
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder(random.nextBoolean() ? " " : "");
        for (int i = random.nextInt(4); i >= 0; i--) {
            word.append(random.nextInt(6) == 0
                    ? Character.toString(0x4e00 + random.nextInt(0x3000))
                    : SYLLABLES[random.nextInt(SYLLABLES.length)]);
        }
        return switch (random.nextInt(20)) {
            case 0 -> word + MARKS[random.nextInt(MARKS.length)];
            case 1 -> MARKS[random.nextInt(MARKS.length)] + word;
            case 2 -> " ".repeat(random.nextInt(100)) + MARKS[random.nextInt(MARKS.length)];
            default -> word.toString();
        };
    }

    /** The token that ends a turn. */
    int end() {
        return tokens.size() - 1;
    }

    @Override
    public CallForm callForm() {
        return new CallForm.Tagged("<tool_call>", "</tool_call>");
    }

    @Override
    public int vocabularySize() {
        return tokens.size();
    }

    @Override
    public byte[] bytes(int token) {
        return tokens.get(token);
    }

    @Override
    public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
        throw new UnsupportedOperationException("these tokens are for masks");
    }

    @Override
    public int[] encodeToolResults(List<ToolResult> results) {
        throw new UnsupportedOperationException("these tokens are for masks");
    }

    /** A token for each byte. */
    @Override
    public int[] encodeText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    @Override
    public TurnDecoder newDecoder(boolean tools) {
        throw new UnsupportedOperationException("these tokens are for masks");
    }
}
