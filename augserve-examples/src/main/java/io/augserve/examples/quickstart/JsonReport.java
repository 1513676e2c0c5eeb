package io.augserve.examples.quickstart;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.tool.ToolCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * The same figures for machines, as one JSON object; times in seconds.
 *
 * <pre>{@code
 * {"model": the directory's name, "elapsed_s": ..., "output_tokens": ..., "output_tokens_per_s": ...,
 *  "requests": [
 *    {"id": "request-1", "prompt": ..., "text": the answer, "finish_reason": "stop" | "length" | "cancelled" | "failed",
 *     "error": why, only if it failed,
 *     "tool_calls": [{"name": ..., "arguments": JSON text as the model wrote it, "result": if there is one}],
 *     "prompt_tokens": ..., "output_tokens": ..., "tool_result_tokens": ..., "recomputed_tokens": ..., "reused_tokens": ...,
 *     "swapped_tokens": ..., "preemptions": ...,
 *     "queue_s": ..., "ttft_s": ..., "itl_mean_s": ..., "tool_s": ..., "total_s": ...}]}
 * }</pre>
 */
final class JsonReport {
    private JsonReport() {}

    static void write(Path file, Path model, Session session) throws IOException {
        JsonObject root = new JsonObject();
        root.addProperty("model", String.valueOf(model.toAbsolutePath().normalize().getFileName()));
        root.addProperty("elapsed_s", session.seconds());
        root.addProperty("output_tokens", session.outputTokens());
        root.addProperty("output_tokens_per_s", session.outputTokens() / session.seconds());
        JsonArray requests = new JsonArray();
        session.outcomes().forEach(outcome -> requests.add(request(outcome)));
        root.add("requests", requests);
        Files.writeString(file,
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(root) + "\n");
    }

    private static JsonObject request(Outcome outcome) {
        GenerationResult result = outcome.result();
        JsonObject json = new JsonObject();
        json.addProperty("id", result.id());
        json.addProperty("prompt", outcome.prompt());
        json.addProperty("text", result.text());
        json.addProperty("finish_reason", result.finishReason().name().toLowerCase(Locale.ROOT));
        if (!outcome.problem().isEmpty()) {
            json.addProperty("error", outcome.problem());
        }
        json.add("tool_calls", calls(result));
        json.addProperty("prompt_tokens", result.usage().promptTokens());
        json.addProperty("output_tokens", result.usage().outputTokens());
        json.addProperty("tool_result_tokens", result.usage().toolResultTokens());
        json.addProperty("recomputed_tokens", result.usage().recomputedTokens());
        json.addProperty("reused_tokens", result.usage().reusedTokens());
        json.addProperty("swapped_tokens", result.usage().swappedTokens());
        json.addProperty("preemptions", result.usage().preemptions());
        json.addProperty("queue_s", seconds(result.timing().queue()));
        json.addProperty("ttft_s", seconds(result.timing().timeToFirstToken()));
        json.addProperty("itl_mean_s", seconds(result.timing().meanInterToken()));
        json.addProperty("tool_s", seconds(result.timing().tools()));
        json.addProperty("total_s", seconds(result.timing().total()));
        return json;
    }

    private static JsonArray calls(GenerationResult result) {
        JsonArray calls = new JsonArray();
        for (SegmentResult segment : result.segments()) {
            for (int i = 0; i < segment.calls().size(); i++) {
                ToolCall call = segment.calls().get(i);
                JsonObject json = new JsonObject();
                json.addProperty("name", call.name());
                json.addProperty("arguments", call.arguments());
                if (i < segment.results().size()) {
                    json.addProperty("result", segment.results().get(i).text());
                }
                calls.add(json);
            }
        }
        return calls;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
