package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detection, by stand-ins that hold the sentences of the published templates and no more. */
class ChatFormatsTest {
    private static final String CHATML = """
            {{- '<|im_start|>system\\n' }}
            You may call one or more functions to assist with the user query.
            For each function call, return a json object with function name and arguments within \
            <tool_call></tool_call> XML tags:\\n<tool_call>\\n{\\"name\\": <function-name>}
            """;
    private static final String QWEN25 = CHATML + "{{- '<|im_start|>system\\nYou are Qwen. You help.<|im_end|>\\n' }}";
    private static final String QWEN3 = CHATML + "last_query_index enable_thinking '<think>\\n\\n</think>\\n\\n'";
    private static final String LLAMA3 = """
            "<|start_header_id|>" "Environment: ipython\\n"
            "Given the following functions, please respond with a JSON for a function call " '"parameters": '
            """;

    @TempDir
    private Path directory;

    @Test
    void recognisesTheFamilies() throws IOException {
        assertThat(detect(CHATML, ChatOptions.DEFAULT)).isEqualTo(new ChatMlTemplate("", false, ThinkingRules.NONE));
        assertThat(detect(QWEN25, ChatOptions.DEFAULT))
                .isEqualTo(new ChatMlTemplate("You are Qwen. You help.", false, ThinkingRules.NONE));
        assertThat(detect(QWEN25.replace("\\n", "\n"), ChatOptions.DEFAULT))
                .isEqualTo(new ChatMlTemplate("You are Qwen. You help.", false, ThinkingRules.NONE));
        assertThat(detect(QWEN25.replace("{\\\"name", "{{\\\"name"), ChatOptions.DEFAULT))
                .isEqualTo(new ChatMlTemplate("You are Qwen. You help.", true, ThinkingRules.NONE));
        assertThat(detect(QWEN3, ChatOptions.DEFAULT))
                .isEqualTo(new ChatMlTemplate("", false, new Qwen3Thinking(false)));
        assertThat(detect(QWEN3, ChatOptions.DEFAULT.withThinking(true)))
                .isEqualTo(new ChatMlTemplate("", false, new Qwen3Thinking(true)));
        assertThat(detect(LLAMA3, ChatOptions.DEFAULT)).isEqualTo(new Llama3Template(true, "26 Jul 2024"));
        assertThat(detect(LLAMA3, ChatOptions.DEFAULT.withToolsInUserMessage(false).withDate("01 Jan 2026")))
                .isEqualTo(new Llama3Template(false, "01 Jan 2026"));
    }

    @Test
    void readsTheTemplateFromTheTokenizersConfiguration() throws IOException {
        JsonObject config = new JsonObject();
        config.addProperty("chat_template", QWEN3);
        Files.writeString(directory.resolve("tokenizer_config.json"), config.toString());
        assertThat(detect()).isEqualTo(new ChatMlTemplate("", false, new Qwen3Thinking(false)));

        JsonArray several = new JsonArray();
        several.add(named("default", "{{ messages }}"));
        several.add(named("tool_use", CHATML));
        several.add(named("rag", "{{ documents }}"));
        config.add("chat_template", several);
        Files.writeString(directory.resolve("tokenizer_config.json"), config.toString());
        assertThat(detect()).isEqualTo(new ChatMlTemplate("", false, ThinkingRules.NONE));
    }

    @Test
    void aTemplateOfItsOwnGoesFirst() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"chat_template\": \"unknown\"}");
        assertThat(detect(CHATML, ChatOptions.DEFAULT)).isEqualTo(new ChatMlTemplate("", false, ThinkingRules.NONE));
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        for (String unknown : new String[]{"", "{{ messages }}", CHATML + "<think>", CHATML + "<function=",
                QWEN3 + "preserve_thinking"}) {
            assertThatThrownBy(() -> detect(unknown, ChatOptions.DEFAULT)).isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(
                            directory.resolve("chat_template.jinja") + ": chat template of an unknown kind")
                    .hasMessageContainingAll("Qwen2.5-Instruct", "Qwen3", "Llama 3.1");
        }
    }

    @Test
    void refusesATokenizerOfAnotherModel() throws IOException {
        Files.writeString(directory.resolve("chat_template.jinja"), LLAMA3);
        assertThatThrownBy(() -> ChatFormats.detect(directory, TestTokenizers.QWEN))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(TestTokenizers.QWEN.file().toString())
                .hasMessageContaining("expected an added token <|begin_of_text|>");
    }

    @Test
    void saysWhatIsMissingOrBroken() throws IOException {
        assertThatThrownBy(this::detect).isInstanceOf(ModelFormatException.class)
                .hasMessage(directory + ": no chat template: expected chat_template.jinja or tokenizer_config.json");
        Path config = directory.resolve("tokenizer_config.json");
        for (String broken : new String[]{"{", "[]", "", "{\"chat_template\": {}}",
                "{\"chat_template\": [{\"name\": \"default\"}]}",
                "{\"chat_template\": [5]}"}) {
            Files.writeString(config, broken);
            assertThatThrownBy(this::detect).as(broken).isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(config + ": broken");
        }
        for (String without : new String[]{"{}", "{\"chat_template\": null}", "{\"chat_template\": []}"}) {
            Files.writeString(config, without);
            assertThatThrownBy(this::detect).as(without).isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(config + ": no chat_template");
        }
    }

    private static JsonObject named(String name, String template) {
        JsonObject named = new JsonObject();
        named.addProperty("name", name);
        named.addProperty("template", template);
        return named;
    }

    private ChatTemplate detect(String source, ChatOptions options) throws IOException {
        Files.writeString(directory.resolve("chat_template.jinja"), source);
        Tokenizer tokenizer = source.equals(LLAMA3) ? TestTokenizers.LLAMA3 : TestTokenizers.QWEN;
        return ((TemplateChatFormat) ChatFormats.detect(directory, tokenizer, options)).template();
    }

    private ChatTemplate detect() {
        return ((TemplateChatFormat) ChatFormats.detect(directory, TestTokenizers.QWEN)).template();
    }
}
