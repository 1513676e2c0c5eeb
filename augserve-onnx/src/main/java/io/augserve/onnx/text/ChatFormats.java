package io.augserve.onnx.text;

import io.augserve.engine.ChatFormat;
import io.augserve.onnx.model.ModelFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out which chat format a model directory speaks.
 *
 * <p>
 * A published template is recognised by sentences that only its family has, and refused where it has a construct of a
 * cousin that is written differently. What differs within a family (default system prompt, thinking) is read from the
 * template, so that fine-tuned models which kept the form are served too.
 */
public final class ChatFormats {
    private static final String SUPPORTED = "supported are ChatML with Hermes tool calls as in Qwen2.5-Instruct and Qwen3 "
            + "(with or without a default system prompt) and Llama 3.1, 3.2 and 3.3 Instruct";

    private static final List<String> HERMES = List.of("<|im_start|>",
            "You may call one or more functions to assist with the user query.",
            "For each function call, return a json object with function name and arguments within <tool_call></tool_call> "
                    + "XML tags:");
    /** Cousins of Qwen3: XML calls, Qwen3.5, vision, thinking that cannot be switched off. */
    private static final List<String> NOT_HERMES = List.of("<function=", "render_content", "<|vision_start|>",
            "preserve_thinking");
    private static final List<String> LLAMA3 = List.of("<|start_header_id|>", "Environment: ipython",
            "Given the following functions, please respond with a JSON for a function call ", "\"parameters\": ");

    /** In Jinja source a line break within quotes is usually, not always, written as an escape. */
    private static final Pattern DEFAULT_SYSTEM = Pattern
            .compile("<\\|im_start\\|>system(?:\\\\n|\n)([^'\"{}<\\\\]+)<\\|im_end\\|>");

    private ChatFormats() {}

    /** As {@link #detect(Path, Tokenizer, ChatOptions)} with {@link ChatOptions#DEFAULT}. */
    public static ChatFormat detect(Path directory, Tokenizer tokenizer) {
        return detect(directory, tokenizer, ChatOptions.DEFAULT);
    }

    /**
     * The chat format of a model.
     *
     * @param directory holds {@code chat_template.jinja}, or {@code tokenizer_config.json} with a {@code chat_template}
     * @param tokenizer the model's; must stay open as long as the format is used
     * @param options what the template leaves to the caller
     * @throws ModelFormatException if there is no template, it is not a supported one, or the tokenizer lacks its tokens
     */
    public static ChatFormat detect(Path directory, Tokenizer tokenizer, ChatOptions options) {
        TemplateFile file = TemplateFile.read(directory);
        ChatTemplate template = recognise(file.source(), options).orElseThrow(
                () -> new ModelFormatException(file.file(), "chat template of an unknown kind; " + SUPPORTED));
        for (String token : template.requiredTokens()) {
            if (tokenizer.addedToken(token).isEmpty()) {
                throw new ModelFormatException(tokenizer.file(),
                        "expected an added token " + token + ", which the chat template in " + file.file() + " uses");
            }
        }
        return new TemplateChatFormat(template, tokenizer);
    }

    /** The template that this Jinja source is. */
    static Optional<ChatTemplate> recognise(String source, ChatOptions options) {
        if (HERMES.stream().allMatch(source::contains) && NOT_HERMES.stream().noneMatch(source::contains)) {
            return hermes(source, options);
        }
        if (LLAMA3.stream().allMatch(source::contains)) {
            return Optional.of(new Llama3Template(options.toolsInUserMessage(), options.date()));
        }
        return Optional.empty();
    }

    private static Optional<ChatTemplate> hermes(String source, ChatOptions options) {
        boolean switchable = source.contains("enable_thinking") && source.contains("last_query_index");
        if (source.contains("<think>") && !switchable) {
            return Optional.empty();
        }
        Matcher system = DEFAULT_SYSTEM.matcher(source);
        return Optional.of(new ChatMlTemplate(system.find() ? system.group(1) : "",
                source.contains("{{\\\"name\\\": <function-name>"),
                switchable ? new Qwen3Thinking(options.thinking()) : ThinkingRules.NONE));
    }
}
