package io.augserve.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.augserve.request.ChatMessage;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A prompt that the small model has not seen, the calls it should make, what the tools then return, and the right answer.
 *
 * @param id such as {@code calc-001}
 * @param category what is asked
 * @param prompt the question
 * @param withTools whether tools are offered
 * @param calls by turn
 * @param results by turn, as many as calls
 * @param answer the exact text
 */
record HeldOut(String id, String category, String prompt, boolean withTools, List<List<JsonObject>> calls,
        List<List<String>> results, String answer) {
    /** The small model's directory. */
    static Path model() {
        return Path.of(System.getProperty("augserve.models", "../models"), "tiny-tools");
    }

    static List<HeldOut> all() {
        return lines(model().resolve("heldout.jsonl")).stream().map(HeldOut::parse).toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HeldOut parse(String line) {
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        List<List<JsonObject>> calls = new ArrayList<>();
        for (JsonElement turn : json.getAsJsonArray("calls")) {
            calls.add(turn.getAsJsonArray().asList().stream().map(JsonElement::getAsJsonObject).toList());
        }
        List<List<String>> results = new ArrayList<>();
        for (JsonElement turn : json.getAsJsonArray("results")) {
            results.add(turn.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList());
        }
        return new HeldOut(json.get("id").getAsString(), json.get("category").getAsString(),
                json.get("prompt").getAsString(), json.get("tools").getAsBoolean(), calls, results,
                json.get("answer").getAsString());
    }

    /** The definitions of the tools that the model was trained on. */
    static List<ToolSpec> specs() {
        JsonArray array = JsonParser.parseString(String.join("\n", lines(model().resolve("tools.json"))))
                .getAsJsonArray();
        List<ToolSpec> specs = new ArrayList<>();
        for (JsonElement element : array) {
            JsonObject function = element.getAsJsonObject().getAsJsonObject("function");
            specs.add(new ToolSpec(function.get("name").getAsString(), function.get("description").getAsString(),
                    function.get("parameters").toString()));
        }
        return specs;
    }

    List<ChatMessage> messages() {
        return List.of(ChatMessage.user(prompt));
    }

    /** Tools that return what the script says for the call's place in the conversation. */
    Tool[] tools() {
        return withTools
                ? specs().stream().map(spec -> Tool.of(spec,
                        (call, context) -> CompletableFuture.completedFuture(answerTo(call)))).toArray(Tool[]::new)
                : new Tool[0];
    }

    private ToolResult answerTo(ToolCall call) {
        String[] place = call.id().split("_", -1);
        int turn = Integer.parseInt(place[1]);
        int index = Integer.parseInt(place[2]);
        return turn < results.size() && index < results.get(turn).size()
                ? ToolResult.of(results.get(turn).get(index))
                : ToolResult.failure("no such call was expected");
    }

    /** Whether exactly the expected calls were made and the answer is the expected one. */
    boolean isRight(GenerationResult result) {
        List<List<JsonObject>> made = new ArrayList<>();
        for (SegmentResult segment : result.segments()) {
            if (!segment.calls().isEmpty()) {
                made.add(segment.calls().stream().map(HeldOut::json).toList());
            }
        }
        return made.equals(calls) && result.text().equals(answer);
    }

    private static JsonObject json(ToolCall call) {
        JsonObject json = new JsonObject();
        json.addProperty("name", call.name());
        json.add("arguments", call.name().isEmpty() ? new JsonObject() : JsonParser.parseString(call.arguments()));
        return json;
    }
}
