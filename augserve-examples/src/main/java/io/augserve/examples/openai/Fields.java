package io.augserve.examples.openai;

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
import java.util.List;
import java.util.Optional;

/**
 * A JSON object of a request, read member by member. A member that is not as it should be is an {@link ApiException} that names it; JSON's
 * null counts as absent.
 */
final class Fields {
    private static final double MOST_EXACT = 1L << 53;
    private static final int DEEPEST = 128;

    private final JsonObject object;
    private final String path;

    private Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The object that a body is: strict JSON, nested no deeper than {@value #DEEPEST}. */
    static Fields parse(String body) {
        JsonElement root;
        try {
            JsonReader reader = new JsonReader(new StringReader(body));
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(DEEPEST);
            root = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonParseException("something follows the object");
            }
        } catch (IOException | JsonParseException | NumberFormatException e) {
            throw ApiException.malformed("The body is not valid JSON: " + e.getMessage());
        }
        if (!root.isJsonObject()) {
            throw ApiException.malformed("The body is " + kind(root) + ": expected a JSON object.");
        }
        return new Fields(root.getAsJsonObject(), "");
    }

    /** An element of an array that should be an object. */
    static Fields of(JsonElement element, String path) {
        if (!element.isJsonObject()) {
            throw ApiException.wrongType(path, "an object", kind(element));
        }
        return new Fields(element.getAsJsonObject(), path);
    }

    /** How errors name a member. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** What was parsed. */
    JsonObject json() {
        return object;
    }

    Optional<JsonElement> get(String name) {
        return Optional.ofNullable(object.get(name)).filter(value -> !value.isJsonNull());
    }

    JsonElement required(String name) {
        return get(name).orElseThrow(() -> ApiException.missing(path(name)));
    }

    Optional<String> string(String name) {
        return get(name).map(value -> string(value, path(name)));
    }

    String requiredString(String name) {
        return string(required(name), path(name));
    }

    static String string(JsonElement value, String path) {
        if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
            throw ApiException.wrongType(path, "a string", kind(value));
        }
        return primitive.getAsString();
    }

    boolean flag(String name, boolean otherwise) {
        return get(name).map(value -> {
            if (!(value instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
                throw ApiException.wrongType(path(name), "a boolean", kind(value));
            }
            return primitive.getAsBoolean();
        }).orElse(otherwise);
    }

    Optional<Double> number(String name) {
        return get(name).map(value -> number(value, path(name)));
    }

    static double number(JsonElement value, String path) {
        if (!(value instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
            throw ApiException.wrongType(path, "a number", kind(value));
        }
        double number = primitive.getAsDouble();
        if (!Double.isFinite(number)) {
            throw ApiException.invalid(path, "expected a finite number.");
        }
        return number;
    }

    /** A whole number of any size that fits a long. */
    Optional<Long> whole(String name) {
        return get(name).map(value -> whole(value, path(name)));
    }

    static long whole(JsonElement value, String path) {
        double number = number(value, path);
        try {
            return Long.parseLong(value.getAsString());
        } catch (NumberFormatException e) {
            // 1e3 and 2.0 are whole too.
            if (number != Math.rint(number) || Math.abs(number) > MOST_EXACT) {
                throw ApiException.wrongType(path, "an integer", "a decimal number");
            }
            return (long) number;
        }
    }

    Optional<Integer> integer(String name, int least, int most) {
        return get(name).map(value -> integer(value, path(name), least, most));
    }

    static int integer(JsonElement value, String path, int least, int most) {
        long number = whole(value, path);
        if (number < least || number > most) {
            throw ApiException.invalid(path,
                    "expected an integer from " + least + " to " + most + ", but got " + number + ".");
        }
        return (int) number;
    }

    Optional<Fields> object(String name) {
        return get(name).map(value -> of(value, path(name)));
    }

    Fields requiredObject(String name) {
        return of(required(name), path(name));
    }

    Optional<List<JsonElement>> array(String name) {
        return get(name).map(value -> array(value, path(name)));
    }

    static List<JsonElement> array(JsonElement value, String path) {
        if (!value.isJsonArray()) {
            throw ApiException.wrongType(path, "an array", kind(value));
        }
        return value.getAsJsonArray().asList();
    }

    /** What a value is, for people. */
    static String kind(JsonElement value) {
        return switch (value) {
            case JsonPrimitive primitive when primitive.isString() -> "a string";
            case JsonPrimitive primitive when primitive.isBoolean() -> "a boolean";
            case JsonPrimitive primitive -> "a number";
            case JsonElement element when element.isJsonObject() -> "an object";
            case JsonElement element when element.isJsonArray() -> "an array";
            default -> "null";
        };
    }
}
