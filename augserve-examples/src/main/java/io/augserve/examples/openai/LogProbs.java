package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.TurnDecoder;
import io.augserve.request.OutputToken;
import io.augserve.request.TokenLogProb;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Log-probabilities in OpenAI's two forms. Tokens that end a turn have no text and are left out; a token that is part of a character has
 * the replacement character as its text and no bytes. Thread-safe.
 *
 * @param model whose tokens they are
 */
record LogProbs(ModelCard model) {
    /** OpenAI's servers say so of what is next to impossible; JSON has no infinity. */
    private static final float LEAST = -9_999;
    private static final String REPLACEMENT = "\uFFFD";

    /** {@code {"content": [{token, logprob, bytes, top_logprobs}], "refusal": null}}. */
    JsonObject chat(List<OutputToken> tokens) {
        JsonArray content = new JsonArray();
        visible(tokens).forEach(token -> {
            JsonObject entry = entry(token.token(), token.logProb());
            JsonArray top = new JsonArray();
            token.top().forEach(other -> top.add(entry(other.token(), other.logProb())));
            entry.add("top_logprobs", top);
            content.add(entry);
        });
        JsonObject json = new JsonObject();
        json.add("content", content);
        json.add("refusal", JsonNull.INSTANCE);
        return json;
    }

    private JsonObject entry(int token, float logProb) {
        JsonObject entry = new JsonObject();
        String text = text(token);
        entry.addProperty("token", text);
        entry.addProperty("logprob", finite(logProb));
        if (text.contains(REPLACEMENT)) {
            entry.add("bytes", JsonNull.INSTANCE);
        } else {
            JsonArray bytes = new JsonArray();
            for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
                bytes.add(Byte.toUnsignedInt(value));
            }
            entry.add("bytes", bytes);
        }
        return entry;
    }

    /** {@code {tokens, token_logprobs, top_logprobs, text_offset}}. */
    JsonObject text(List<OutputToken> tokens, int offset) {
        JsonArray texts = new JsonArray();
        JsonArray logProbs = new JsonArray();
        JsonArray tops = new JsonArray();
        JsonArray offsets = new JsonArray();
        int at = offset;
        for (OutputToken token : visible(tokens)) {
            String text = text(token.token());
            texts.add(text);
            logProbs.add(finite(token.logProb()));
            JsonObject top = new JsonObject();
            for (TokenLogProb other : token.top()) {
                top.addProperty(text(other.token()), finite(other.logProb()));
            }
            tops.add(top);
            offsets.add(at);
            at += text.length();
        }
        JsonObject json = new JsonObject();
        json.add("tokens", texts);
        json.add("token_logprobs", logProbs);
        json.add("top_logprobs", tops);
        json.add("text_offset", offsets);
        return json;
    }

    /** Those that are part of the text. */
    List<OutputToken> visible(List<OutputToken> tokens) {
        return tokens.stream().filter(token -> !model.spec().endTokens().contains(token.token())).toList();
    }

    private String text(int token) {
        if (model.format().isEmpty()) {
            return "token_id:" + token;
        }
        ChatFormat format = model.format().get();
        TurnDecoder decoder = format.newDecoder(false);
        return decoder.push(token).text() + decoder.finish().text();
    }

    private static float finite(float logProb) {
        return Float.isFinite(logProb) ? logProb : LEAST;
    }
}
