package io.augserve.examples.openai;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import java.util.List;
import java.util.Optional;

/**
 * Text completions.
 *
 * @param logProbs if they are asked for
 */
record TextDialect(Optional<LogProbs> logProbs) implements Dialect {
    @Override
    public String whole() {
        return "text_completion";
    }

    @Override
    public String chunk() {
        return "text_completion";
    }

    @Override
    public JsonObject choice(int index, GenerationResult result) {
        JsonObject choice = choice(index, Dialect.text(result), result.tokens(), 0);
        choice.addProperty("finish_reason", Dialect.reason(result.finishReason()));
        return choice;
    }

    @Override
    public List<JsonObject> opening(int index) {
        return List.of();
    }

    @Override
    public List<JsonObject> piece(int index, String text, List<OutputToken> tokens, int offset) {
        return text.isEmpty() && (logProbs.isEmpty() || logProbs.get().visible(tokens).isEmpty())
                ? List.of()
                : List.of(choice(index, text, tokens, offset));
    }

    @Override
    public List<JsonObject> ending(int index, GenerationResult result) {
        JsonObject choice = choice(index, "", List.of(), 0);
        choice.addProperty("finish_reason", Dialect.reason(result.finishReason()));
        return List.of(choice);
    }

    private JsonObject choice(int index, String text, List<OutputToken> tokens, int offset) {
        JsonObject choice = new JsonObject();
        choice.addProperty("text", text);
        choice.addProperty("index", index);
        if (logProbs.isPresent() && !tokens.isEmpty()) {
            choice.add("logprobs", logProbs.get().text(tokens, offset));
        } else {
            choice.add("logprobs", JsonNull.INSTANCE);
        }
        choice.add("finish_reason", JsonNull.INSTANCE);
        return choice;
    }
}
