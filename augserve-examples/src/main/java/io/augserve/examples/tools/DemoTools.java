package io.augserve.examples.tools;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCallHandler;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Tools to try things out with: a calculator that calculates, and three that make their answers up from their argument, the same ones
 * every time, after a delay as a service would have.
 */
public final class DemoTools {
    private static final List<String> CITIES = List.of("Oslo", "Lisbon", "Nairobi", "Lima", "Kyoto", "Quebec", "Hanoi",
            "Tallinn");
    private static final List<String> SKIES = List.of("rain", "sun", "clouds", "snow", "fog", "wind");
    private static final Map<String, Demo> DEMOS = Map.of(
            "calculator", new Demo("expression", Duration.ofMillis(20), Arithmetic::evaluate),
            "get_weather", new Demo("city", Duration.ofMillis(400), DemoTools::weather),
            "find_person", new Demo("name", Duration.ofMillis(250), name -> CITIES.get(pick(name, CITIES.size()))),
            "get_price", new Demo("item", Duration.ofMillis(150), item -> String.valueOf(2 + pick(item, 95))));

    private DemoTools() {}

    private record Demo(String argument, Duration delay, UnaryOperator<String> function) {}

    private static String weather(String city) {
        return pick(city, 35) + " degrees and " + SKIES.get(pick(city + "sky", SKIES.size()));
    }

    /** The same number below {@code bound} for the same text, in every JVM. */
    private static int pick(String text, int bound) {
        return Math.floorMod((text.hashCode() * 0x9E3779B9) >>> 7, bound);
    }

    /**
     * Tools with the definitions of a file, each with the handler of its name.
     *
     * @param definitions a JSON array of {@code {"type": "function", "function": {name, description, parameters}}}
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is not such an array or names a tool that has no handler here
     */
    public static List<Tool> load(Path definitions) throws IOException {
        JsonArray array;
        try {
            array = JsonParser.parseString(Files.readString(definitions)).getAsJsonArray();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(definitions + ": expected a JSON array of tool definitions", e);
        }
        List<Tool> tools = new ArrayList<>();
        for (JsonElement element : array) {
            tools.add(tool(definitions, element));
        }
        return List.copyOf(tools);
    }

    private static Tool tool(Path definitions, JsonElement element) {
        ToolSpec spec;
        try {
            JsonObject function = element.getAsJsonObject().getAsJsonObject("function");
            spec = new ToolSpec(function.get("name").getAsString(), function.get("description").getAsString(),
                    function.get("parameters").toString());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(definitions + ": found the tool definition " + element
                    + ", expected {\"type\": \"function\", \"function\": {name, description, parameters}}", e);
        }
        Demo demo = DEMOS.get(spec.name());
        if (demo == null) {
            throw new IllegalArgumentException(definitions + ": found a tool '" + spec.name()
                    + "' that does not come along, expected " + new TreeSet<>(DEMOS.keySet()));
        }
        return Tool.of(spec, handler(demo));
    }

    private static ToolCallHandler handler(Demo demo) {
        return (call, context) -> {
            String argument = argument(call.arguments(), demo.argument());
            return CompletableFuture.supplyAsync(() -> ToolResult.of(demo.function().apply(argument)),
                    CompletableFuture.delayedExecutor(demo.delay().toMillis(), TimeUnit.MILLISECONDS));
        };
    }

    private static String argument(String json, String name) {
        JsonElement value = JsonParser.parseString(json).getAsJsonObject().get(name);
        if (value == null || !value.isJsonPrimitive()) {
            throw new IllegalArgumentException("the argument '" + name + "' is missing");
        }
        return value.getAsString();
    }
}
