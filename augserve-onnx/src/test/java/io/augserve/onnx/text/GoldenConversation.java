package io.augserve.onnx.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.augserve.request.ChatMessage;
import io.augserve.request.ChatMessage.Role;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One conversation of {@code golden/chat/conversations.json}. */
record GoldenConversation(String name, List<ChatMessage> messages, List<ToolSpec> tools) {
    static List<GoldenConversation> all() {
        String json = TestTokenizers.text(TestTokenizers.resource("golden/chat/conversations.json"));
        List<GoldenConversation> all = new ArrayList<>();
        JsonParser.parseString(json).getAsJsonObject().asMap()
                .forEach((name, value) -> all.add(of(name, value.getAsJsonObject())));
        return all;
    }

    static GoldenConversation named(String name) {
        return all().stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
    }

    private static GoldenConversation of(String name, JsonObject value) {
        return new GoldenConversation(name,
                value.getAsJsonArray("messages").asList().stream().map(GoldenConversation::message).toList(),
                value.getAsJsonArray("tools").asList().stream().map(GoldenConversation::tool).toList());
    }

    private static ChatMessage message(JsonElement element) {
        JsonObject message = element.getAsJsonObject();
        List<ToolCall> calls = new ArrayList<>();
        if (message.has("tool_calls")) {
            for (JsonElement call : message.getAsJsonArray("tool_calls")) {
                JsonObject function = call.getAsJsonObject().getAsJsonObject("function");
                calls.add(new ToolCall("call-" + calls.size(), function.get("name").getAsString(),
                        function.get("arguments").toString()));
            }
        }
        return new ChatMessage(Role.valueOf(message.get("role").getAsString().toUpperCase(Locale.ROOT)),
                message.get("content").getAsString(), calls);
    }

    private static ToolSpec tool(JsonElement element) {
        JsonObject function = element.getAsJsonObject().getAsJsonObject("function");
        return new ToolSpec(function.get("name").getAsString(), function.get("description").getAsString(),
                function.get("parameters").toString());
    }
}
