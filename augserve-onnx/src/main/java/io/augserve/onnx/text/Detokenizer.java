package io.augserve.onnx.text;

/**
 * Turns tokens into text one by one, in whole characters: the bytes of a character that is not complete yet are held
 * back. The pieces, {@link #finish()} included, concatenate to {@link Tokenizer#decode} of all the tokens. A token
 * costs its own bytes, however long the text has become. Special tokens have no text; tags that are added but not
 * special, such as {@code <tool_call>}, have. Confined to one thread.
 */
public final class Detokenizer {
    private final TokenBytes tokens;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StringBuilder out = new StringBuilder();

    Detokenizer(TokenBytes tokens) {
        this.tokens = tokens;
    }

    /** The text that this token completes; often empty. Ids that the tokenizer does not know have no text. */
    public String push(int token) {
        decoder.push(tokens.of(token), out);
        return take();
    }

    /** No more tokens: a character that was begun comes out as U+FFFD. The detokenizer can be used anew. */
    public String finish() {
        decoder.finish(out);
        return take();
    }

    private String take() {
        if (out.isEmpty()) {
            return "";
        }
        String text = out.toString();
        out.setLength(0);
        return text;
    }
}
