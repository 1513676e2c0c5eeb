package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.request.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokenizer and chat format of the project's own small model, where its files are there. */
class SmallModelTextTest {
    private static final Path DIRECTORY = Path.of(System.getProperty("augserve.models", "models"), "tiny-tools");

    @Test
    void speaksPlainChatMl() {
        assumeThat(DIRECTORY.resolve("tokenizer.json")).exists();
        try (Tokenizer tokenizer = Tokenizer.load(DIRECTORY)) {
            ChatFormat format = ChatFormats.detect(DIRECTORY, tokenizer);
            assertThat(format.encodeChat(List.of(ChatMessage.user("Where does Anna live?")), List.of()))
                    .isEqualTo(tokenizer
                            .encodeMarkup(
                                    "<|im_start|>user\nWhere does Anna live?<|im_end|>\n<|im_start|>assistant\n"));

            TurnDecoder decoder = format.newDecoder(true);
            List<ParsedCall> calls = new ArrayList<>();
            for (int token : tokenizer.encodeMarkup(
                    "<tool_call>\n{\"name\": \"find_person\", \"arguments\": {\"name\": \"Anna\"}}\n</tool_call>")) {
                calls.addAll(decoder.push(token).calls());
            }
            assertThat(calls).containsExactly(new ParsedCall.Valid("find_person", "{\"name\": \"Anna\"}"));
        }
    }
}
