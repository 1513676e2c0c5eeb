package io.augserve.onnx.text;

import io.augserve.request.ChatMessage;
import java.util.List;

/** What a ChatML template does about {@code <think>} blocks. */
interface ThinkingRules {
    /**
     * What an assistant's message is rendered as.
     *
     * @param thought the block in front, with its tags and what parts it from the content; may be empty
     * @param content the rest
     */
    record Spoken(String thought, String content) {}

    /** How the assistant's message at this index is rendered. */
    Spoken spoken(List<ChatMessage> messages, int index);

    /** What the prompt for the next turn ends with. */
    String turnStart();

    /** A template that knows no thinking. */
    ThinkingRules NONE = new ThinkingRules() {
        @Override
        public Spoken spoken(List<ChatMessage> messages, int index) {
            return new Spoken("", messages.get(index).content());
        }

        @Override
        public String turnStart() {
            return "";
        }
    };
}
