package io.augserve.onnx.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model's byte-level BPE tokenizer, read from its {@code tokenizer.json}. Hugging Face's native code encodes;
 * decoding is done here, from the same file. Nothing is added to a text: no beginning-of-text token, no truncation, no
 * padding.
 *
 * <p>
 * Thread-safe. {@link #close()} waits for the encodings that are under way; encoding afterwards is an
 * {@link IllegalStateException}, decoding still works.
 */
public final class Tokenizer implements AutoCloseable {
    private final Path file;
    private final HuggingFaceTokenizer encoder;
    private final Map<String, AddedToken> addedTokens;
    private final TokenBytes tokenBytes;
    private final MarkupGuard guard;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Tokenizer(Path file, TokenizerFile fields, HuggingFaceTokenizer encoder) {
        this.file = file;
        this.encoder = encoder;
        addedTokens = fields.addedTokens().stream()
                .collect(Collectors.toUnmodifiableMap(AddedToken::content, Function.identity(),
                        (first, again) -> again));
        tokenBytes = fields.tokenBytes();
        guard = new MarkupGuard(fields.addedTokens());
    }

    /**
     * Reads the tokenizer of a model directory.
     *
     * @param directory holds {@code tokenizer.json}
     * @throws ModelFormatException if the file is missing or broken, or is no byte-level BPE tokenizer
     */
    public static Tokenizer load(Path directory) {
        Path file = directory.resolve(TokenizerFile.NAME);
        TokenizerFile fields = TokenizerFile.read(file);
        return new Tokenizer(file, fields, encoder(file, fields.json()));
    }

    private static HuggingFaceTokenizer encoder(Path file, String json) {
        try {
            return NativeTokenizer.open(json);
        } catch (IOException | RuntimeException e) {
            throw new ModelFormatException(file, "not accepted by the native tokenizer: " + e.getMessage(), e);
        }
    }

    /** The file that it was read from. */
    public Path file() {
        return file;
    }

    /** One more than the largest token id; a model's logits may be wider. */
    public int vocabularySize() {
        return tokenBytes.size();
    }

    /** The added token that stands for exactly this text. */
    public Optional<AddedToken> addedToken(String content) {
        return Optional.ofNullable(addedTokens.get(content));
    }

    /**
     * The tokens of plain text. Text of an added token, for example {@code <|im_end|>}, is text like any other;
     * unpaired surrogates are read as U+FFFD.
     *
     * @throws IllegalStateException if closed
     */
    public int[] encodeText(String text) {
        return encode(MarkedText.content(text));
    }

    /**
     * The tokens of text that is all the caller's own: text of an added token becomes that token.
     *
     * @throws IllegalStateException if closed
     */
    public int[] encodeMarkup(String text) {
        return encode(MarkedText.markup(text));
    }

    /** The tokens of a text whose parts are told apart, each added token only where it is allowed. */
    int[] encode(MarkedText marked) {
        MarkupGuard.Cuts cuts = guard.cuts(marked);
        String text = marked.text();
        IntList ids = new IntList(text.length() / 3 + 8);
        int from = 0;
        for (int cut : cuts.cuts()) {
            encodePiece(text.substring(from, cut), ids);
            from = cut;
        }
        encodePiece(text.substring(from), ids);
        int[] all = ids.toArray();
        // Cutting rests on the text as written. A tokenizer that folds characters before it looks for added tokens
        // could still find one: better no answer than a forged turn.
        if (Arrays.stream(all).filter(guard::isMarkup).count() > cuts.markupTokens()) {
            throw new IllegalArgumentException(
                    "text would become markup of the chat format after this tokenizer's normalization");
        }
        return all;
    }

    private void encodePiece(String piece, IntList ids) {
        if (piece.isEmpty()) {
            return;
        }
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer of " + file + " is closed");
            }
            ids.addAll(encoder.encode(piece, false, false).getIds());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The text of tokens: special tokens and unknown ids left out, ill-formed UTF-8 as U+FFFD. */
    public String decode(int... ids) {
        Detokenizer detokenizer = newDetokenizer();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.push(id));
        }
        return text.append(detokenizer.finish()).toString();
    }

    /** The UTF-8 bytes of a token, not to be written to: none for special tokens and unknown ids. */
    byte[] bytes(int token) {
        return tokenBytes.of(token);
    }

    /** Decodes one sequence of tokens piece by piece. */
    public Detokenizer newDetokenizer() {
        return new Detokenizer(tokenBytes);
    }

    /** Frees the native tokenizer. Idempotent. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                encoder.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
