package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.sequence;
import static io.augserve.onnx.grammar.SchemaText.array;
import static io.augserve.onnx.grammar.SchemaText.count;
import static io.augserve.onnx.grammar.SchemaText.excerpt;
import static io.augserve.onnx.grammar.SchemaText.refused;
import static io.augserve.onnx.grammar.SchemaText.string;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON Schema as rules: what they let through is valid against the schema. Members come in the schema's order, those that are not required
 * may be left out, and none is added to those that the schema names; an object without {@code properties} is any object.
 *
 * <p>Understood are {@code type} (also several), {@code properties}, {@code required}, {@code additionalProperties}, {@code items},
 * {@code minItems}, {@code maxItems}, {@code minLength}, {@code maxLength}, {@code pattern} ({@link StringPattern}), bounds of numbers
 * ({@link NumberRange}), {@code enum}, {@code const}, {@code anyOf}, {@code oneOf} of
 * alternatives that visibly exclude each other, {@code allOf} of one, {@code $ref} into the same schema, {@code true}, and annotations such
 * as {@code description}. What else would restrict values, such as {@code not}, is refused rather than ignored.
 *
 * <p>A rule is made for a value at a depth, because values nest {@value JsonRules#MOST_NESTED} deep at most, also in schemas that contain
 * themselves: where the depth is reached, arrays and objects are no choice any more, and what can not be without them is none either. So
 * there is always a way to the end.
 */
final class JsonSchema {
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "$id", "$comment", "title", "description",
            "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$defs", "definitions", "format",
            "strict", "discriminator");
    /** By the type that they restrict; values of other types pass them. */
    private static final Map<String, Set<String>> OF_TYPE = Map.of(
            "object", Set.of("properties", "required", "additionalProperties"),
            "array", Set.of("items", "minItems", "maxItems"),
            "string", Set.of("minLength", "maxLength", "pattern"),
            "number", NumberRange.KEYWORDS);
    /** Those that say all there is to say. */
    private static final List<String> WHOLE = List.of("$ref", "const", "enum", "anyOf", "oneOf", "allOf");
    private static final int MOST_PROPERTIES = 200;
    private static final int MOST_CONSTANTS = 4_000;
    private static final int MOST_RULES = 50_000;

    private final JsonElement root;
    private final JsonRules json;
    private final Map<Place, Rule> references = new HashMap<>();
    private final Set<Place> opened = new HashSet<>();
    private int rules;

    private record Place(String pointer, int depth) {}

    private JsonSchema(JsonElement root, JsonRules json) {
        this.root = root;
        this.json = json;
    }

    /**
     * The rule of a schema.
     *
     * @throws IllegalArgumentException if it is not JSON, says something that is not understood, or lets nothing through; the message
     *         says where
     */
    static Rule compile(String schema, JsonRules json) {
        JsonElement root = SchemaText.parse(schema);
        return possible(new JsonSchema(root, json).rule(root, "#", 0));
    }

    /**
     * The rule of a schema whose values must be objects; where it does not say so, it is taken for granted.
     *
     * @throws IllegalArgumentException as {@link #compile}, or if it asks for other values
     */
    static Rule compileObject(String schema, JsonRules json) {
        JsonElement root = SchemaText.parse(schema);
        JsonSchema compiler = new JsonSchema(root, json);
        Rule rule = root instanceof JsonObject object && !compiler.saysWhich(object) && compiler.checked(object)
                ? compiler.object(object, "#", 0)
                : compiler.rule(root, "#", 0);
        Automaton.State start = new Automaton(possible(rule)).start();
        for (int value = 0; value < 256; value++) {
            if (value != '{' && !start.after(value).isDead()) {
                throw refused("#", "expected a schema of objects, got " + excerpt(schema));
            }
        }
        return rule;
    }

    private static Rule possible(Rule rule) {
        if (rule == Rule.NOTHING) {
            throw refused("#", "no value can follow it, or none that nests at most " + JsonRules.MOST_NESTED + " deep");
        }
        return rule;
    }

    private boolean saysWhich(JsonObject schema) {
        return schema.has("type") || WHOLE.stream().anyMatch(schema::has);
    }

    private boolean checked(JsonObject schema) {
        check(schema, "#");
        return true;
    }

    private Rule rule(JsonElement schema, String path, int depth) {
        if (++rules > MOST_RULES) {
            throw refused(path,
                    "the schema is too large: expected at most " + MOST_RULES + " parts, those that contain "
                            + "themselves counted at every depth");
        }
        if (schema instanceof JsonPrimitive flag && flag.isBoolean() && flag.getAsBoolean()) {
            return json.any(depth);
        }
        if (!(schema instanceof JsonObject object)) {
            throw refused(path, "expected an object, got " + excerpt(schema.toString()));
        }
        check(object, path);
        for (String key : WHOLE) {
            if (object.has(key)) {
                return whole(key, object, path, depth);
            }
        }
        return typed(object, path, depth);
    }

    /** Refuses what is not understood, and keywords whose combination is not. */
    private static void check(JsonObject schema, String path) {
        List<String> whole = WHOLE.stream().filter(schema::has).toList();
        boolean constants = whole.equals(List.of("const")) || whole.equals(List.of("enum"));
        for (String key : schema.keySet()) {
            boolean ofType = OF_TYPE.values().stream().anyMatch(keys -> keys.contains(key)) || key.equals("type");
            if (!ofType && !WHOLE.contains(key) && !ANNOTATIONS.contains(key)) {
                throw refused(path + "/" + key, "expected one of " + understood());
            }
            boolean alone = whole.isEmpty() || whole.contains(key) || (constants && key.equals("type"));
            if (whole.size() > 1 || (ofType && !alone)) {
                throw refused(path + "/" + key, "expected nothing beside " + whole.getFirst()
                        + " that restricts values");
            }
        }
    }

    private static String understood() {
        List<String> keys = new ArrayList<>(WHOLE);
        keys.add("type");
        OF_TYPE.values().forEach(keys::addAll);
        return String.join(", ", keys.stream().sorted().toList());
    }

    private Rule whole(String key, JsonObject schema, String path, int depth) {
        return switch (key) {
            case "$ref" -> reference(string(schema.get("$ref"), path + "/$ref"), depth);
            case "const" -> constants(List.of(schema.get("const")), schema, path);
            case "enum" -> constants(array(schema, "enum", path), schema, path);
            case "allOf" -> {
                List<JsonElement> parts = array(schema, "allOf", path);
                if (parts.size() > 1) {
                    throw refused(path + "/allOf", "expected one schema, got " + parts.size());
                }
                yield rule(parts.getFirst(), path + "/allOf/0", depth);
            }
            default -> alternatives(key, array(schema, key, path), path + "/" + key, depth);
        };
    }

    private Rule constants(List<JsonElement> values, JsonObject schema, String path) {
        List<Rule> options = new ArrayList<>();
        for (JsonElement value : values) {
            if (!schema.has("type") || types(schema, path).stream().anyMatch(type -> isOf(type, value))) {
                options.add(json.exactly(value));
            }
        }
        if (options.size() > MOST_CONSTANTS) {
            throw refused(path, "expected at most " + MOST_CONSTANTS + " constants, got " + options.size());
        }
        if (options.isEmpty()) {
            throw refused(path, "expected a constant of its own type, got none");
        }
        return choice(options);
    }

    private static boolean isOf(String type, JsonElement value) {
        return type.equals("integer")
                ? value instanceof JsonPrimitive number && number.isNumber()
                        && number.getAsDouble() == Math.rint(number.getAsDouble())
                : type.equals(Alternatives.typeOf(value));
    }

    private Rule alternatives(String key, List<JsonElement> schemas, String path, int depth) {
        Alternatives alternatives = new Alternatives(root);
        List<Rule> options = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            for (int j = 0; j < i && key.equals("oneOf"); j++) {
                if (!alternatives.exclude(schemas.get(j), schemas.get(i))) {
                    throw refused(path, "a value may follow both " + j + " and " + i + ": expected alternatives that "
                            + "exclude each other by type, const or enum, or anyOf");
                }
            }
            options.add(rule(schemas.get(i), path + "/" + i, depth));
        }
        return choice(options);
    }

    private static List<String> types(JsonObject schema, String path) {
        return schema.get("type") instanceof JsonArray
                ? array(schema, "type", path).stream().map(type -> string(type, path + "/type")).toList()
                : List.of(string(schema.get("type"), path + "/type"));
    }

    private Rule typed(JsonObject schema, String path, int depth) {
        if (schema.has("type")) {
            return choice(types(schema, path).stream().map(type -> typed(type, schema, path, depth)).toList());
        }
        List<String> meant = OF_TYPE.entrySet().stream()
                .filter(keywords -> keywords.getValue().stream().anyMatch(schema::has)).map(Map.Entry::getKey).sorted()
                .toList();
        return switch (meant.size()) {
            case 0 -> json.any(depth);
            case 1 -> typed(meant.getFirst(), schema, path, depth);
            default -> throw refused(path, "expected a type, got what restricts " + String.join(" and ", meant));
        };
    }

    private Rule typed(String type, JsonObject schema, String path, int depth) {
        return switch (type) {
            case "object" -> object(schema, path, depth);
            case "array" -> list(schema, path, depth);
            case "string" -> text(schema, path);
            case "number" -> bounded(schema) ? NumberRange.ofNumbers(schema, path).numbers() : JsonRules.NUMBER;
            case "integer" -> bounded(schema) ? NumberRange.ofIntegers(schema, path).integers() : JsonRules.INTEGER;
            case "boolean" -> JsonRules.BOOLEAN;
            case "null" -> JsonRules.NULL;
            default -> throw refused(path + "/type",
                    "expected object, array, string, number, integer, boolean or null, got '" + type + "'");
        };
    }

    private static boolean bounded(JsonObject schema) {
        return NumberRange.KEYWORDS.stream().anyMatch(schema::has);
    }

    private Rule text(JsonObject schema, String path) {
        if (schema.has("pattern")) {
            if (schema.has("minLength") || schema.has("maxLength")) {
                throw refused(path + "/pattern", "expected no minLength and maxLength beside it");
            }
            return json.matching(string(schema.get("pattern"), path + "/pattern"), path + "/pattern");
        }
        int least = count(schema, "minLength", 0, JsonString.MOST_COUNTED, path);
        int most = count(schema, "maxLength", Rule.UNBOUNDED, JsonString.MOST_COUNTED, path);
        if (least > most) {
            throw refused(path, "expected minLength <= maxLength, got " + least + " and " + most);
        }
        return json.string(least, most);
    }

    private Rule list(JsonObject schema, String path, int depth) {
        int least = count(schema, "minItems", 0, JsonString.MOST_COUNTED, path);
        int most = count(schema, "maxItems", Rule.UNBOUNDED, JsonString.MOST_COUNTED, path);
        if (least > most) {
            throw refused(path, "expected minItems <= maxItems, got " + least + " and " + most);
        }
        if (depth == JsonRules.MOST_NESTED) {
            return Rule.NOTHING;
        }
        Rule item = schema.has("items") ? rule(schema.get("items"), path + "/items", depth + 1) : json.any(depth + 1);
        return JsonRules.array(item, least, most);
    }

    private Rule object(JsonObject schema, String path, int depth) {
        if (depth == JsonRules.MOST_NESTED) {
            return Rule.NOTHING;
        }
        JsonElement properties = schema.has("properties") ? schema.get("properties") : new JsonObject();
        if (!(properties instanceof JsonObject named)) {
            throw refused(path + "/properties", "expected an object");
        }
        if (named.size() > MOST_PROPERTIES) {
            throw refused(path + "/properties", "expected at most " + MOST_PROPERTIES + ", got " + named.size());
        }
        Set<String> required = SchemaText.required(schema, named, path);
        return schema.has("properties") ? members(named, required, path, depth) : map(schema, path, depth);
    }

    private Rule map(JsonObject schema, String path, int depth) {
        JsonElement more = schema.get("additionalProperties");
        boolean closed = more instanceof JsonPrimitive flag && flag.isBoolean() && !flag.getAsBoolean();
        if (closed) {
            return literal("{}");
        }
        return json.map(more == null
                ? json.any(depth + 1)
                : rule(more, path + "/additionalProperties", depth + 1));
    }

    private Rule members(JsonObject properties, Set<String> required, String path, int depth) {
        // From the last member to the first: what follows if one has been written before, and what if none has.
        Rule afterOne = Rule.EMPTY;
        Rule afterNone = Rule.EMPTY;
        for (String name : List.copyOf(properties.keySet()).reversed()) {
            Rule member = sequence(json.name(name),
                    rule(properties.get(name), path + "/properties/" + name, depth + 1));
            Rule another = sequence(JsonRules.COMMA, member, afterOne);
            Rule first = sequence(member, afterOne);
            afterNone = required.contains(name) ? first : choice(first, afterNone);
            afterOne = required.contains(name) ? another : choice(another, afterOne);
        }
        return sequence(literal("{"), afterNone, literal("}"));
    }

    private Rule reference(String pointer, int depth) {
        Place place = new Place(pointer, depth);
        Rule known = references.get(place);
        if (known != null) {
            return known;
        }
        if (!opened.add(place)) {
            throw refused(pointer, "it contains itself with nothing around it");
        }
        Rule rule = rule(SchemaText.find(root, pointer), pointer, depth);
        opened.remove(place);
        references.put(place, rule);
        return rule;
    }
}
