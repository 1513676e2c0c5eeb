package io.augserve.onnx.text;

import static java.util.Objects.requireNonNull;

/**
 * What a chat template leaves to the caller. Options that a model's template does not know have no effect.
 *
 * @param thinking Qwen3's {@code enable_thinking}: whether a turn may begin with a {@code <think>} block; if not, the
 *        prompt ends with an empty one
 * @param toolsInUserMessage Llama 3's {@code tools_in_user_message}: whether the tools stand in the first user message
 *        or in the system message
 * @param date Llama 3's {@code date_string}, the prompt's "Today Date"
 */
public record ChatOptions(boolean thinking, boolean toolsInUserMessage, String date) {
    /**
     * The date that Llama 3.1's published template has built in. Llama 3.2's asks the clock where it can; we do not, so
     * that the same conversation is the same tokens tomorrow and its cached prefix stays usable.
     */
    public static final String PUBLISHED_DATE = "26 Jul 2024";

    /** No thinking, tools in the user message, the published date. */
    public static final ChatOptions DEFAULT = new ChatOptions(false, true, PUBLISHED_DATE);

    /** Rejects nulls. */
    public ChatOptions {
        requireNonNull(date, "date");
    }

    /** The same options with thinking on or off. */
    public ChatOptions withThinking(boolean newThinking) {
        return new ChatOptions(newThinking, toolsInUserMessage, date);
    }

    /** The same options with the tools in the first user message or in the system message. */
    public ChatOptions withToolsInUserMessage(boolean newToolsInUserMessage) {
        return new ChatOptions(thinking, newToolsInUserMessage, date);
    }

    /** The same options with another date, written as {@code 26 Jul 2024}. */
    public ChatOptions withDate(String newDate) {
        return new ChatOptions(thinking, toolsInUserMessage, newDate);
    }
}
