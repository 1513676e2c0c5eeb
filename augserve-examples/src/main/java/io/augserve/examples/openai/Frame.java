package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.augserve.request.GenerationResult;
import io.augserve.request.Usage;
import java.util.List;

/**
 * What stands around the choices of an answer, the same in all of its chunks.
 *
 * @param id of the completion
 * @param created seconds since 1970
 * @param model that answers
 */
record Frame(String id, long created, String model) {
    /** One object with all choices and token counts. */
    JsonObject whole(Dialect dialect, List<GenerationResult> results, int choices) {
        JsonArray array = new JsonArray();
        for (int i = 0; i < results.size(); i++) {
            array.add(dialect.choice(i, results.get(i)));
        }
        JsonObject json = around(dialect.whole(), array);
        json.add("usage", usage(results, choices));
        return json;
    }

    /** A chunk of one choice. If usage is asked for, every chunk has the member, and all but the last have null. */
    JsonObject chunk(Dialect dialect, JsonObject choice, boolean countsUsage) {
        JsonArray array = new JsonArray();
        array.add(choice);
        JsonObject json = around(dialect.chunk(), array);
        if (countsUsage) {
            json.add("usage", JsonNull.INSTANCE);
        }
        return json;
    }

    /** The last chunk of a stream that tells its usage. */
    JsonObject counts(Dialect dialect, List<GenerationResult> results, int choices) {
        JsonObject json = around(dialect.chunk(), new JsonArray());
        json.add("usage", usage(results, choices));
        return json;
    }

    private JsonObject around(String object, JsonArray choices) {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("object", object);
        json.addProperty("created", created);
        json.addProperty("model", model);
        json.add("choices", choices);
        return json;
    }

    /** A prompt with several choices counts once; results of tools that ran in the server count as prompt, for the model reads them. */
    private static JsonObject usage(List<GenerationResult> results, int choices) {
        long prompt = 0;
        long output = 0;
        long cached = 0;
        for (int i = 0; i < results.size(); i++) {
            Usage usage = results.get(i).usage();
            prompt += usage.toolResultTokens();
            if (i % choices == 0) {
                prompt += usage.promptTokens();
                cached += usage.cachedTokens();
            }
            output += usage.outputTokens();
        }
        JsonObject json = new JsonObject();
        json.addProperty("prompt_tokens", prompt);
        json.addProperty("completion_tokens", output);
        json.addProperty("total_tokens", prompt + output);
        JsonObject details = new JsonObject();
        details.addProperty("cached_tokens", cached);
        json.add("prompt_tokens_details", details);
        return json;
    }
}
