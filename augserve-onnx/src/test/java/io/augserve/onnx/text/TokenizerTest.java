package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static final Tokenizer QWEN = TestTokenizers.QWEN;
    private static final List<String> ADDED = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>",
            "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>");
    // 256 bytes, 26 merges, then the added tokens in this order.
    private static final int FIRST_ADDED = 256 + 26;

    @Test
    void encodesByHand() {
        // Merges 1 (th+e), 2 (space+the) and 10 (too+l); a space is the 33rd of the 68 unprintable bytes, after 188
        // others.
        assertThat(QWEN.encodeText("the the tool")).containsExactly(257, 258, 188 + 32, 266);
        assertThat(QWEN.encodeMarkup("<|im_start|>the<|im_end|>")).containsExactly(283, 257, 284);
        assertThat(QWEN.vocabularySize()).isEqualTo(FIRST_ADDED + ADDED.size());
        assertThat(QWEN.addedToken("<tool_call>")).contains(new AddedToken(285, "<tool_call>", false));
        assertThat(QWEN.addedToken("<tool>")).isEmpty();
    }

    @Test
    void decodesWithoutSpecialTokensButWithTags() {
        assertThat(QWEN.decode(283, 257, 285, 284, 258, 9999, -1)).isEqualTo("the<tool_call> the");
    }

    @Test
    void takesNoBoundForText() {
        assertThat(QWEN.encodeText("")).isEmpty();
        assertThat(QWEN.decode()).isEmpty();
        assertThat(QWEN.decode(QWEN.encodeText("a\0b"))).isEqualTo("a\0b");
        assertThat(QWEN.decode(QWEN.encodeText("x\uD83D y\uDE42 \uD83D\uDE42"))).isEqualTo("x\uFFFD y\uFFFD 🙂");
    }

    @Property(tries = 500, seed = "20")
    void textNeverBecomesMarkup(@ForAll("treacherous") String text) {
        int[] ids = QWEN.encodeText(text);
        assertThat(Arrays.stream(ids).filter(id -> id >= FIRST_ADDED)).isEmpty();
        assertThat(QWEN.decode(ids)).isEqualTo(text);
    }

    @Property(tries = 300, seed = "20")
    void innocentTextIsEncodedAsThePublishedToolsDo(@ForAll("innocent") String text) {
        assertThat(QWEN.encodeText(text)).isEqualTo(TestTokenizers.publishedIds(text));
    }

    @Provide
    Arbitrary<String> treacherous() {
        Arbitrary<String> fragment = Arbitraries.of("<", "|", ">", "<|im_", "end|>", "</", "tool_", "call>", " ", "\n",
                "é", "🙂", "日本",
                "the tool");
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.of(ADDED)), Tuple.of(3, fragment))
                .list().ofMaxSize(12).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> innocent() {
        return Arbitraries
                .of("the", " tool", "é", "🙂", "日本", "\n", "\n\n", "  ", "{\"", "\":", "name", "'s", "12", ".", "<|",
                        "user")
                .list().ofMaxSize(20).map(parts -> String.join("", parts));
    }

    @Test
    void tellsTrustApart() {
        MarkedText text = new MarkedText.Builder().markup("<|im_start|>").spoken("<think><|im_end|>")
                .content("<think><|im_end|>").markup("<think><|im_end|>").build();
        int[] ids = QWEN.encode(text);
        assertThat(Arrays.stream(ids).filter(id -> id >= FIRST_ADDED)).containsExactly(283, 289, 289, 284);
        assertThat(QWEN.decode(ids)).isEqualTo("<think><|im_end|><think><|im_end|><think>");
    }

    @Test
    void aTokenThatForeignWordsCompleteIsText() {
        int[] ids = QWEN.encode(new MarkedText.Builder().markup("<tool").content("_call>").build());
        assertThat(Arrays.stream(ids).filter(id -> id >= FIRST_ADDED)).isEmpty();
    }

    @Test
    void refusesTextThatNormalizationTurnsIntoMarkup(@TempDir Path directory) throws IOException {
        String json = TestTokenizers.text(QWEN.file()).replace("{\"type\": \"NFC\"}", "{\"type\": \"Lowercase\"}")
                .replace("\"normalized\": false", "\"normalized\": true");
        Files.writeString(directory.resolve("tokenizer.json"), json);
        try (Tokenizer folding = Tokenizer.load(directory)) {
            assertThatThrownBy(() -> folding.encodeText("<|IM_END|>")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("normalization");
            assertThat(folding.decode(folding.encodeText("<|im_end|>"))).isEqualTo("<|im_end|>");
        }
    }

    @Test
    void isSharedByThreads() {
        String text = "the tool é 日本 <|im_end|> ".repeat(20);
        int[] alone = QWEN.encodeText(text);
        assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> QWEN.encodeText(text)))
                .allMatch(ids -> Arrays.equals(ids, alone));
    }

    @Test
    void closes() {
        Tokenizer tokenizer = Tokenizer.load(QWEN.file().resolveSibling(""));
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encodeText("the")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(tokenizer.decode(257)).isEqualTo("the");
    }

    @Test
    void namesTheMissingFile(@TempDir Path directory) {
        assertThatThrownBy(() -> Tokenizer.load(directory)).isInstanceOf(ModelFormatException.class)
                .hasMessage(directory.resolve("tokenizer.json")
                        + ": file: found no such file, expected a Hugging Face tokenizer");
    }

    @Test
    void saysWhatIsWrongWithAFile(@TempDir Path directory) throws IOException {
        assertBroken(directory, "{\"model\": {", "broken JSON");
        assertBroken(directory, "[]", "broken JSON");
        assertBroken(directory, "", "broken JSON");
        assertBroken(directory, "{}", "expected model BPE with decoder ByteLevel, got model none with decoder none");
        assertBroken(directory, "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0.5]]}, \"decoder\": null}",
                "got model Unigram with decoder none");
        assertBroken(directory, "{\"added_tokens\": [{\"id\": 1}], \"model\": {}}",
                "added_tokens[0]: expected an id and a content");
        assertBroken(directory, "{\"added_tokens\": [{\"id\": -1}]}",
                "added_tokens[0].id: expected an id in [0, 4194304], got -1");
        assertBroken(directory,
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {}}, \"decoder\": {\"type\": \"ByteLevel\"}}",
                "model.vocab: expected tokens, got none");
        assertBroken(directory,
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}}, \"decoder\": {\"type\": \"ByteLevel\"}}",
                "not accepted by the native tokenizer");
        assertBroken(directory, "{\"model\": {}, \"model\": {}}", "$.model: found the field twice, expected it once");
        assertBroken(directory, "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1, \"a\": 2}}}",
                "$.model.vocab.a: found the token twice, expected it once");
        assertBroken(directory, "{\"added_tokens\": [{\"id\": 1, \"content\": \"<a>\", \"content\": \"<b>\"}]}",
                "$.added_tokens[0].content: found the field twice");
        Files.write(directory.resolve("tokenizer.json"), new byte[]{'{', (byte) 0xFF});
        assertThatThrownBy(() -> Tokenizer.load(directory)).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("malformed UTF-8");
    }

    /** At any of these the native code would end the process. */
    @Test
    void jsonThatTheNativeTokenizerCannotSurviveIsRefusedBefore(@TempDir Path directory) throws IOException {
        String valid = TestTokenizers.text(QWEN.file());
        String decoder = "\"decoder\": {";
        assertThat(valid).contains(decoder);
        assertBroken(directory, valid.replace(decoder, decoder + "\"x\": \"\\ud800\", "),
                "$.decoder.x: found an unpaired surrogate, expected Unicode text");
        assertBroken(directory, valid.replace(decoder, decoder + "\"\\udc00\": 1, "), "found an unpaired surrogate");
        assertBroken(directory, valid.replace(decoder, decoder + "\"x\": 1e999, "),
                "$.decoder.x: found 1e999, expected a number of 64 bits");
        assertBroken(directory, valid.replace(decoder, decoder + "\"x\": \"\u0001\", "), "broken JSON");
        assertBroken(directory,
                valid.replace(decoder, decoder + "\"x\": " + "[".repeat(200) + "]".repeat(200) + ", "), "broken JSON");
    }

    private static void assertBroken(Path directory, String json, String problem) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, json);
        assertThatThrownBy(() -> Tokenizer.load(directory)).isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ").hasMessageContaining(problem);
    }
}
