package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.sequence;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON Schema as rules: what they let through is valid against the schema. Members come in the schema's order, those that are not required
 * may be left out, and none is added to those that the schema names; an object without {@code properties} is any object.
 *
 * <p>Understood are {@code type} (also several), {@code properties}, {@code required}, {@code additionalProperties}, {@code items},
 * {@code minItems}, {@code maxItems}, {@code minLength}, {@code maxLength}, {@code enum}, {@code const}, {@code anyOf} and {@code oneOf} (as
 * alternatives), {@code $ref} into the same schema, {@code true}, and annotations such as {@code description}. What else would restrict
 * values, such as {@code pattern} or {@code minimum}, is refused rather than ignored.
 */
final class JsonSchema {
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "$id", "$comment", "title", "description",
            "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$defs", "definitions", "format",
            "strict");
    private static final Set<String> UNDERSTOOD = Set.of("type", "properties", "required", "additionalProperties",
            "items", "minItems", "maxItems", "minLength", "maxLength", "enum", "const", "anyOf", "oneOf", "$ref");
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final int MAX_DEPTH = 64;
    private static final int MOST_PROPERTIES = 200;
    /** Counted repetitions make a state each. */
    private static final int MOST_COUNTED = 2_000;

    private final JsonElement root;
    private final Map<String, Rule.Reference> references = new HashMap<>();

    private JsonSchema(JsonElement root) {
        this.root = root;
    }

    /**
     * The rule of a schema.
     *
     * @throws IllegalArgumentException if it is not JSON, or says something that is not understood; the message says where
     */
    static Rule compile(String schema) {
        JsonElement root = parse(schema);
        Rule rule = new JsonSchema(root).rule(root, "#");
        // Finds rules that begin with themselves.
        Automaton _ = new Automaton(rule);
        return rule;
    }

    private static JsonElement parse(String schema) {
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

    private static String excerpt(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private Rule rule(JsonElement schema, String path) {
        if (schema instanceof JsonPrimitive flag && flag.isBoolean() && flag.getAsBoolean()) {
            return JsonRules.ANY;
        }
        if (!(schema instanceof JsonObject object)) {
            throw refused(path, "expected an object, got " + excerpt(schema.toString()));
        }
        for (String key : object.keySet()) {
            if (!UNDERSTOOD.contains(key) && !ANNOTATIONS.contains(key)) {
                throw refused(path + "/" + key, "expected one of " + String.join(", ", UNDERSTOOD.stream().sorted()
                        .toList()));
            }
        }
        if (object.has("$ref")) {
            return reference(string(object.get("$ref"), path + "/$ref"));
        }
        if (object.has("const")) {
            return literal(JSON.toJson(object.get("const")));
        }
        if (object.has("enum")) {
            return new Rule.Choice(array(object, "enum", path).stream().map(value -> literal(JSON.toJson(value)))
                    .toList());
        }
        for (String alternatives : List.of("anyOf", "oneOf")) {
            if (object.has(alternatives)) {
                return alternatives(array(object, alternatives, path), path + "/" + alternatives);
            }
        }
        return typed(object, path);
    }

    private Rule alternatives(List<JsonElement> schemas, String path) {
        List<Rule> options = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            options.add(rule(schemas.get(i), path + "/" + i));
        }
        return new Rule.Choice(options);
    }

    private Rule typed(JsonObject schema, String path) {
        JsonElement type = schema.get("type");
        if (type == null) {
            return schema.has("properties")
                    ? object(schema, path)
                    : schema.has("items")
                            ? list(schema, path)
                            : JsonRules.ANY;
        }
        if (!type.isJsonArray()) {
            return typed(string(type, path + "/type"), schema, path);
        }
        List<Rule> options = new ArrayList<>();
        for (JsonElement each : type.getAsJsonArray()) {
            options.add(typed(string(each, path + "/type"), schema, path));
        }
        return new Rule.Choice(options);
    }

    private Rule typed(String type, JsonObject schema, String path) {
        return switch (type) {
            case "object" -> object(schema, path);
            case "array" -> list(schema, path);
            case "string" -> JsonRules.string(count(schema, "minLength", 0, path),
                    count(schema, "maxLength", Rule.UNBOUNDED, path));
            case "number" -> JsonRules.NUMBER;
            case "integer" -> JsonRules.INTEGER;
            case "boolean" -> JsonRules.BOOLEAN;
            case "null" -> JsonRules.NULL;
            default -> throw refused(path + "/type",
                    "expected object, array, string, number, integer, boolean or null, got '" + type + "'");
        };
    }

    private Rule list(JsonObject schema, String path) {
        Rule item = schema.has("items") ? rule(schema.get("items"), path + "/items") : JsonRules.ANY;
        int least = count(schema, "minItems", 0, path);
        int most = count(schema, "maxItems", Rule.UNBOUNDED, path);
        if (least > most) {
            throw refused(path, "expected minItems <= maxItems, got " + least + " and " + most);
        }
        return JsonRules.array(item, least, most);
    }

    private Rule object(JsonObject schema, String path) {
        if (!schema.has("properties")) {
            JsonElement more = schema.get("additionalProperties");
            boolean closed = more instanceof JsonPrimitive flag && flag.isBoolean() && !flag.getAsBoolean();
            return closed
                    ? literal("{}")
                    : JsonRules.map(
                            more instanceof JsonObject ? rule(more, path + "/additionalProperties") : JsonRules.ANY);
        }
        if (!(schema.get("properties") instanceof JsonObject properties)) {
            throw refused(path + "/properties", "expected an object");
        }
        if (properties.size() > MOST_PROPERTIES) {
            throw refused(path + "/properties", "expected at most " + MOST_PROPERTIES + ", got " + properties.size());
        }
        Set<String> required = required(schema, properties, path);
        // From the last member to the first: what follows if one has been written before, and what if none has.
        Rule afterOne = Rule.EMPTY;
        Rule afterNone = Rule.EMPTY;
        for (String name : List.copyOf(properties.keySet()).reversed()) {
            Rule member = sequence(literal(JSON.toJson(name)), JsonRules.COLON,
                    rule(properties.get(name), path + "/properties/" + name));
            Rule another = sequence(JsonRules.COMMA, member, afterOne);
            Rule first = sequence(member, afterOne);
            afterNone = required.contains(name) ? first : choice(first, afterNone);
            afterOne = required.contains(name) ? another : choice(another, afterOne);
        }
        return sequence(literal("{"), afterNone, literal("}"));
    }

    private static Set<String> required(JsonObject schema, JsonObject properties, String path) {
        List<String> names = new ArrayList<>();
        if (schema.has("required")) {
            for (JsonElement each : array(schema, "required", path, true)) {
                String name = string(each, path + "/required");
                if (!properties.has(name)) {
                    throw refused(path + "/required", "expected names of properties, got '" + name + "'");
                }
                names.add(name);
            }
        }
        return Set.copyOf(names);
    }

    private Rule reference(String pointer) {
        Rule.Reference known = references.get(pointer);
        if (known != null) {
            return known;
        }
        Rule.Reference reference = new Rule.Reference();
        references.put(pointer, reference);
        reference.resolve(rule(find(pointer), pointer));
        return reference;
    }

    /** A JSON pointer into the schema, RFC 6901. */
    private JsonElement find(String pointer) {
        JsonElement at = root;
        if (!pointer.startsWith("#")) {
            throw refused(pointer, "expected a $ref into the same schema, such as #/$defs/name");
        }
        for (String step : pointer.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            if (!name.isEmpty()) {
                at = at instanceof JsonObject object && object.has(name) ? object.get(name) : null;
            }
            if (at == null) {
                throw refused(pointer, "there is nothing there");
            }
        }
        return at;
    }

    private static int count(JsonObject schema, String key, int otherwise, String path) {
        JsonElement value = schema.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof JsonPrimitive number && number.isNumber() && number.getAsDouble() == number.getAsInt()
                && number.getAsInt() >= 0 && number.getAsInt() <= MOST_COUNTED) {
            return number.getAsInt();
        }
        throw refused(path + "/" + key, "expected 0 to " + MOST_COUNTED + ", got " + value);
    }

    private static List<JsonElement> array(JsonObject schema, String key, String path) {
        return array(schema, key, path, false);
    }

    private static List<JsonElement> array(JsonObject schema, String key, String path, boolean mayBeEmpty) {
        JsonElement value = schema.get(key);
        if (!value.isJsonArray() || (value.getAsJsonArray().isEmpty() && !mayBeEmpty)) {
            throw refused(path + "/" + key, "expected an array" + (mayBeEmpty ? "" : " that is not empty"));
        }
        return value.getAsJsonArray().asList();
    }

    private static String string(JsonElement value, String path) {
        if (value instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw refused(path, "expected a string, got " + excerpt(value.toString()));
    }

    private static IllegalArgumentException refused(String path, String why) {
        return new IllegalArgumentException("schema, " + path + ": " + why);
    }
}
