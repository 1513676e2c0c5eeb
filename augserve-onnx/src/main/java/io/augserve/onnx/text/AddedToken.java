package io.augserve.onnx.text;

import static java.util.Objects.requireNonNull;

/**
 * A token that stands outside the vocabulary's merges and is found in the text as a whole.
 *
 * @param id token id, at least 0
 * @param content the text that it stands for; not empty
 * @param special whether decoding leaves it out; tags such as {@code <tool_call>} are often added without being special
 */
public record AddedToken(int id, String content, boolean special) {
    /**
     * @throws IllegalArgumentException if the id is negative or the content empty
     */
    public AddedToken {
        requireNonNull(content, "content");
        if (id < 0) {
            throw new IllegalArgumentException("added token '" + content + "': expected an id >= 0, got " + id);
        }
        if (content.isEmpty()) {
            throw new IllegalArgumentException("added token " + id + ": expected content, got none");
        }
    }

    /** Whether text that is not the chat format's own must never become this token: it is special, or a tag. */
    boolean isMarkup() {
        return special || (content.startsWith("<") && content.endsWith(">"));
    }
}
