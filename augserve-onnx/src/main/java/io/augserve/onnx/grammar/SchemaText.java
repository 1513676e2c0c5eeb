package io.augserve.onnx.grammar;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a JSON schema's text and its fields; what is not as expected is an IllegalArgumentException that says where. */
final class SchemaText {
    private static final int MAX_DEPTH = 64;

    private SchemaText() {}

    static JsonElement parse(String schema) {
        JsonReader reader = new JsonReader(new StringReader(schema));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_DEPTH);
        try {
            JsonElement root = JsonParser.parseReader(reader);
            if (reader.peek() == JsonToken.END_DOCUMENT) {
                return root;
            }
        } catch (JsonParseException | IOException e) {
            throw new IllegalArgumentException("schema: expected JSON, got " + excerpt(schema), e);
        }
        throw new IllegalArgumentException("schema: expected one JSON value, got " + excerpt(schema));
    }

    static IllegalArgumentException refused(String path, String why) {
        return new IllegalArgumentException("schema, " + path + ": " + why);
    }

    static String excerpt(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    /** What a JSON pointer (RFC 6901) in a {@code $ref} points to. */
    static JsonElement find(JsonElement root, String pointer) {
        if (!pointer.startsWith("#")) {
            throw refused(pointer, "expected a $ref into the same schema, such as #/$defs/name");
        }
        JsonElement at = root;
        for (String step : pointer.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            if (!name.isEmpty()) {
                if (!(at instanceof JsonObject object) || !object.has(name)) {
                    throw refused(pointer, "there is nothing there");
                }
                at = object.get(name);
            }
        }
        return at;
    }

    static String string(JsonElement value, String path) {
        if (value instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw refused(path, "expected a string, got " + excerpt(value.toString()));
    }

    /** A field that is an array with something in it. */
    static List<JsonElement> array(JsonObject schema, String key, String path) {
        JsonElement value = schema.get(key);
        if (!value.isJsonArray() || value.getAsJsonArray().isEmpty()) {
            throw refused(path + "/" + key, "expected an array that is not empty");
        }
        return value.getAsJsonArray().asList();
    }

    /** A count that may be missing. */
    static int count(JsonObject schema, String key, int otherwise, int most, String path) {
        JsonElement value = schema.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof JsonPrimitive number && number.isNumber()) {
            double count = number.getAsDouble();
            if (count == Math.rint(count) && count >= 0 && count <= most) {
                return (int) count;
            }
        }
        throw refused(path + "/" + key, "expected 0 to " + most + ", got " + excerpt(value.toString()));
    }

    /** The names of required members, which {@code properties} must describe. */
    static Set<String> required(JsonObject schema, JsonObject properties, String path) {
        List<String> names = new ArrayList<>();
        if (schema.has("required")) {
            if (!schema.get("required").isJsonArray()) {
                throw refused(path + "/required", "expected an array");
            }
            for (JsonElement each : schema.getAsJsonArray("required")) {
                String name = string(each, path + "/required");
                if (!properties.has(name)) {
                    throw refused(path + "/required", "expected names of properties, got '" + name + "'");
                }
                names.add(name);
            }
        }
        return Set.copyOf(names);
    }
}
