package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Renderings against those of the published templates, byte for byte. */
class GoldenChatTest {
    private static final String QWEN_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";
    private static final Map<String, ChatTemplate> TEMPLATES = Map.of(
            "qwen2.5", new ChatMlTemplate(QWEN_SYSTEM, false, ThinkingRules.NONE),
            "qwen2.5-first", new ChatMlTemplate(QWEN_SYSTEM, true, ThinkingRules.NONE),
            "qwen3", new ChatMlTemplate("", false, new Qwen3Thinking(false)),
            "qwen3-thinking", new ChatMlTemplate("", false, new Qwen3Thinking(true)),
            "chatml", new ChatMlTemplate("", false, ThinkingRules.NONE),
            "llama-3.1", new Llama3Template(true, ChatOptions.PUBLISHED_DATE),
            "llama-3.1-system-tools", new Llama3Template(false, "01 Feb 2025"),
            "llama-3.2", new Llama3Template(true, ChatOptions.PUBLISHED_DATE));
    /** Llama 3's templates refuse several calls in one turn. */
    private static final List<String> REFUSED_BY_LLAMA = List.of("two-calls");

    @TestFactory
    Stream<DynamicTest> rendersAsThePublishedTemplate() {
        return TEMPLATES.entrySet().stream().flatMap(format -> GoldenConversation.all().stream()
                .filter(one -> !format.getKey().startsWith("llama") || !REFUSED_BY_LLAMA.contains(one.name()))
                .map(one -> DynamicTest.dynamicTest(format.getKey() + "/" + one.name(), () -> {
                    Path golden = TestTokenizers.resource("golden/chat/" + format.getKey() + "/" + one.name() + ".txt");
                    assertThat(render(format.getValue(), one)).isEqualTo(Files.readString(golden));
                })));
    }

    private static String render(ChatTemplate template, GoldenConversation one) {
        MarkedText.Builder out = new MarkedText.Builder();
        template.writeChat(out, one.messages(), one.tools());
        return out.build().text();
    }
}
