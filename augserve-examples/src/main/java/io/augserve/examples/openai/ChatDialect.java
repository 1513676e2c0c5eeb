package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chat completions. A stream is a role, pieces of text, for each call its name and then its arguments, and a reason; a call is sent once it
 * is complete, since only then is it known to be one.
 *
 * @param logProbs if they are asked for
 */
record ChatDialect(Optional<LogProbs> logProbs) implements Dialect {
    @Override
    public String whole() {
        return "chat.completion";
    }

    @Override
    public String chunk() {
        return "chat.completion.chunk";
    }

    @Override
    public JsonObject choice(int index, GenerationResult result) {
        JsonObject message = new JsonObject();
        message.addProperty("role", "assistant");
        String text = Dialect.text(result);
        List<ToolCall> calls = Dialect.calls(result);
        if (text.isEmpty() && !calls.isEmpty()) {
            message.add("content", JsonNull.INSTANCE);
        } else {
            message.addProperty("content", text);
        }
        message.add("refusal", JsonNull.INSTANCE);
        if (!calls.isEmpty()) {
            JsonArray array = new JsonArray();
            calls.forEach(call -> array.add(call(call, call.arguments())));
            message.add("tool_calls", array);
        }
        JsonObject choice = new JsonObject();
        choice.addProperty("index", index);
        choice.add("message", message);
        addLogProbs(choice, result.tokens());
        choice.addProperty("finish_reason", Dialect.reason(result.finishReason()));
        return choice;
    }

    @Override
    public List<JsonObject> opening(int index) {
        JsonObject delta = new JsonObject();
        delta.addProperty("role", "assistant");
        delta.addProperty("content", "");
        delta.add("refusal", JsonNull.INSTANCE);
        return List.of(delta(index, delta, List.of()));
    }

    @Override
    public List<JsonObject> piece(int index, String text, List<OutputToken> tokens, int offset) {
        if (text.isEmpty() && (logProbs.isEmpty() || logProbs.get().visible(tokens).isEmpty())) {
            return List.of();
        }
        JsonObject delta = new JsonObject();
        delta.addProperty("content", text);
        return List.of(delta(index, delta, tokens));
    }

    @Override
    public List<JsonObject> ending(int index, GenerationResult result) {
        List<JsonObject> chunks = new ArrayList<>();
        int position = 0;
        for (ToolCall call : Dialect.calls(result)) {
            chunks.add(calling(index, position, call(call, "")));
            JsonObject function = new JsonObject();
            function.addProperty("arguments", call.arguments());
            JsonObject more = new JsonObject();
            more.add("function", function);
            chunks.add(calling(index, position++, more));
        }
        JsonObject last = delta(index, new JsonObject(), List.of());
        last.addProperty("finish_reason", Dialect.reason(result.finishReason()));
        chunks.add(last);
        return chunks;
    }

    private static JsonObject call(ToolCall call, String arguments) {
        JsonObject function = new JsonObject();
        function.addProperty("name", call.name());
        function.addProperty("arguments", arguments);
        JsonObject json = new JsonObject();
        json.addProperty("id", Ids.next("call_"));
        json.addProperty("type", "function");
        json.add("function", function);
        return json;
    }

    private JsonObject calling(int index, int position, JsonObject call) {
        JsonObject numbered = new JsonObject();
        numbered.addProperty("index", position);
        call.entrySet().forEach(member -> numbered.add(member.getKey(), member.getValue()));
        JsonArray calls = new JsonArray();
        calls.add(numbered);
        JsonObject delta = new JsonObject();
        delta.add("tool_calls", calls);
        return delta(index, delta, List.of());
    }

    private JsonObject delta(int index, JsonObject delta, List<OutputToken> tokens) {
        JsonObject choice = new JsonObject();
        choice.addProperty("index", index);
        choice.add("delta", delta);
        if (tokens.isEmpty()) {
            choice.add("logprobs", JsonNull.INSTANCE);
        } else {
            addLogProbs(choice, tokens);
        }
        choice.add("finish_reason", JsonNull.INSTANCE);
        return choice;
    }

    private void addLogProbs(JsonObject choice, List<OutputToken> tokens) {
        logProbs.ifPresentOrElse(told -> choice.add("logprobs", told.chat(tokens)),
                () -> choice.add("logprobs", JsonNull.INSTANCE));
    }
}
