package io.augserve.onnx.text;

import io.augserve.request.ChatMessage;
import io.augserve.request.ChatMessage.Role;
import java.util.List;

/**
 * Qwen3's rules, as in its published template. A thought is what stands between {@code <think>} and {@code </think>} in
 * an assistant's content. Thoughts of turns before the last question are dropped; in the turns after it, which call
 * tools, they stay. The conversation's last message gets a block even without a thought.
 *
 * <p>
 * A consequence that lies in the template itself: with thinking off, the prompt ends with an empty block, but the same
 * turn rendered later, when tool results follow it, has none.
 *
 * @param enabled whether the model may think; if not, the prompt ends with an empty block
 */
record Qwen3Thinking(boolean enabled) implements ThinkingRules {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    @Override
    public Spoken spoken(List<ChatMessage> messages, int index) {
        String content = messages.get(index).content();
        String thought = "";
        int close = content.indexOf(CLOSE);
        if (close >= 0) {
            thought = thought(content.substring(0, close));
            content = PythonText
                    .stripLeadingNewlines(content.substring(content.lastIndexOf(CLOSE) + CLOSE.length()));
        }
        boolean last = index == messages.size() - 1;
        if (index > lastQuestion(messages) && (last || !thought.isEmpty())) {
            return new Spoken(block(PythonText.stripTrailingNewlines(thought)),
                    PythonText.stripLeadingNewlines(content));
        }
        return new Spoken("", content);
    }

    @Override
    public String turnStart() {
        return enabled ? "" : block("");
    }

    private static String block(String thought) {
        return OPEN + "\n" + thought + "\n" + CLOSE + "\n\n";
    }

    private static String thought(String before) {
        String text = PythonText.stripTrailingNewlines(before);
        int open = text.lastIndexOf(OPEN);
        return PythonText.stripLeadingNewlines(open < 0 ? text : text.substring(open + OPEN.length()));
    }

    /** The last user message that is not tool responses in disguise; without one, the last message. */
    private static int lastQuestion(List<ChatMessage> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            ChatMessage message = messages.get(i);
            if (message.role() == Role.USER && !(message.content().startsWith("<tool_response>")
                    && message.content().endsWith("</tool_response>"))) {
                return i;
            }
        }
        return messages.size() - 1;
    }
}
