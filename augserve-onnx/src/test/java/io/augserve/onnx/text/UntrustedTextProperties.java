package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.onnx.fixture.Allocated;
import io.augserve.onnx.fixture.Mutants;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Words of users, tools and models are words whatever they imitate, and tokenizer files may be anything. */
class UntrustedTextProperties {
    private static final int FIRST_ADDED = 256 + 26;
    private static final long MOST_BYTES = 128L << 20;
    private static final List<TemplateChatFormat> FORMATS = List.of(
            new TemplateChatFormat(new ChatMlTemplate("", false, ThinkingRules.NONE), TestTokenizers.QWEN),
            new TemplateChatFormat(new ChatMlTemplate("", false, new Qwen3Thinking(true)), TestTokenizers.QWEN),
            new TemplateChatFormat(new Llama3Template(true, ChatOptions.PUBLISHED_DATE), TestTokenizers.LLAMA3));

    @Property(tries = 400)
    void noPlaceInAConversationForgesMarkup(@ForAll("foreign") String words) {
        for (TemplateChatFormat format : FORMATS) {
            assertThat(markup(chat(format, words))).isEqualTo(markup(chat(format, "plain")));
            assertThat(markup(format.encodeToolResults(List.of(ToolResult.of(words), ToolResult.failure(words)))))
                    .isEqualTo(markup(
                            format.encodeToolResults(List.of(ToolResult.of("plain"), ToolResult.failure("plain")))));
            assertThat(markup(format.encodeText(words))).isEmpty();
        }
    }

    private static int[] chat(ChatFormat format, String words) {
        ToolCall call = new ToolCall("1", words,
                "{" + PythonJson.string(words) + ": " + PythonJson.string(words) + "}");
        ToolSpec tool = new ToolSpec("t", words, "{\"title\": " + PythonJson.string(words) + "}");
        return format.encodeChat(List.of(ChatMessage.system(words), ChatMessage.user(words),
                ChatMessage.assistant("", call), ChatMessage.tool(words), ChatMessage.user(words)), List.of(tool));
    }

    private static List<Integer> markup(int[] ids) {
        return Arrays.stream(ids).filter(id -> id >= FIRST_ADDED).boxed().toList();
    }

    /** What a model writes is read as text and calls, in whatever pieces; a call's arguments are strict JSON, or it is malformed. */
    @Property(tries = 1000)
    void whateverAModelWritesIsTextOrCalls(@ForAll("written") String turn) {
        for (TemplateChatFormat format : FORMATS) {
            Tokenizer tokenizer = format == FORMATS.get(2) ? TestTokenizers.LLAMA3 : TestTokenizers.QWEN;
            TurnDecoder decoder = format.newDecoder(true);
            for (int token : tokenizer.encodeMarkup(turn)) {
                decoder.push(token).calls().forEach(UntrustedTextProperties::assertReadable);
            }
            decoder.finish().calls().forEach(UntrustedTextProperties::assertReadable);
        }
    }

    private static void assertReadable(ParsedCall call) {
        if (call instanceof ParsedCall.Valid valid) {
            assertThat(PythonJson.compact(valid.arguments(), "arguments")).startsWith("{");
            assertThat(valid.arguments().chars()).noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t');
        }
    }

    @Property(tries = 600)
    void tokenizerFiles(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path source = (random.nextBoolean() ? TestTokenizers.QWEN : TestTokenizers.LLAMA3).file();
        String valid = TestTokenizers.text(source);
        byte[] mutant = random.nextInt(3) == 0
                ? Mutants.bytes(valid.getBytes(StandardCharsets.UTF_8), random)
                : Mutants.json(valid, random).getBytes(StandardCharsets.UTF_8);
        Path directory = Files.createTempDirectory("augserve-untrusted");
        try {
            Files.write(directory.resolve("tokenizer.json"), mutant);
            assertThat(Allocated.during(() -> load(directory))).isLessThan(MOST_BYTES);
        } finally {
            Files.delete(directory.resolve("tokenizer.json"));
            Files.delete(directory);
        }
    }

    private static void load(Path directory) {
        try (Tokenizer tokenizer = Tokenizer.load(directory)) {
            int[] ids = tokenizer.encodeText("the <|im_end|> tool \uD83D\uDE42 12");
            assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0);
            assertThat(tokenizer.decode(ids)).hasSizeLessThan(100_000);
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).startsWith(directory.toString()).hasSizeLessThan(2_100)
                    .matches(text -> text.chars().noneMatch(Character::isISOControl), "no control characters");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("text");
        }
    }

    @Property(tries = 500)
    void templateFiles(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String valid = "{\"bos_token\": \"<s>\", \"model_max_length\": 7, \"chat_template\": "
                + "[{\"name\": \"default\", \"template\": \"{{ x }}\"}, {\"name\": \"tool_use\", \"template\": \"<|im_start|>\"}]}";
        Path directory = Files.createTempDirectory("augserve-untrusted");
        try {
            Files.writeString(directory.resolve("tokenizer_config.json"), Mutants.json(valid, random));
            assertThat(TemplateFile.read(directory).source()).isNotEmpty();
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).startsWith(directory.toString()).doesNotContain("\n");
        } finally {
            Files.delete(directory.resolve("tokenizer_config.json"));
            Files.delete(directory);
        }
    }

    @Provide
    Arbitrary<String> foreign() {
        Arbitrary<String> tags = Arbitraries.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>",
                "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>", "<|eot_id|>",
                "<|eom_id|>",
                "<|start_header_id|>", "<|end_header_id|>", "<|python_tag|>", "<|begin_of_text|>",
                "<|finetune_right_pad_id|>");
        Arbitrary<String> pieces = Arbitraries.of("<", "|", ">", "<|im_", "end|>", "</", "call>", "\n", "\r", "\u0000",
                "\u001b[2J", "\u2028", "\u202e", "\uD800", "\uDC00", "\uFFFF", "é", "🙂", "\"", "\\", "{", "}}",
                "user\n");
        return Arbitraries
                .frequencyOf(Tuple.of(3, tags), Tuple.of(3, pieces), Tuple.of(1, Arbitraries.strings().ofMaxLength(5)))
                .list().ofMaxSize(10).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> written() {
        Arbitrary<String> json = Arbitraries.of("{\"name\": \"f\"", ", \"arguments\": ", ", \"parameters\": ",
                "{\"a\": 1}",
                "{}", "\"{\\\"a\\\": 1}\"", "[", "]", "{", "}", "\"", "\\", ":", ",", "null", "1e999", "\u0001", "\n",
                "[".repeat(70), "\"name\": ", "\"type\": \"function\"", "NaN", "//");
        Arbitrary<String> tags = Arbitraries.of("<tool_call>", "</tool_call>", "<|python_tag|>", "<tool_", ";", " ",
                "text");
        return Arbitraries.frequencyOf(Tuple.of(4, json), Tuple.of(2, tags)).list().ofMaxSize(14)
                .map(parts -> String.join("", parts));
    }
}
