package io.augserve.onnx.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The tokenizers and texts among the test resources; loaded once, never closed. */
final class TestTokenizers {
    /** Byte-level BPE of 256 bytes and 26 merges with Qwen's tokens: the tags are added, not special. */
    static final Tokenizer QWEN = Tokenizer.load(resource("tokenizers/qwen"));

    /** The same merges with Llama 3's tokens, all of them special. */
    static final Tokenizer LLAMA3 = Tokenizer.load(resource("tokenizers/llama3"));

    private static final HuggingFaceTokenizer PUBLISHED = open();

    private TestTokenizers() {}

    /** Qwen's ids as the native tokenizer gives them for a text in one piece. */
    static int[] publishedIds(String text) {
        return Arrays.stream(PUBLISHED.encode(text, false, false).getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /** Qwen's text as the native tokenizer decodes it, special tokens left out. */
    static String publishedText(int... ids) {
        return PUBLISHED.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    private static HuggingFaceTokenizer open() {
        try {
            return NativeTokenizer.open(text(QWEN.file()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path resource(String name) {
        try {
            return Path.of(TestTokenizers.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
