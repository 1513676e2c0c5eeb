package io.augserve.onnx.grammar;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells whether no value follows two schemas at once, as {@code oneOf} wants it. A yes is sure; a no means that it can not be seen from their
 * types, their constants, or members that both require and that exclude each other.
 */
final class Alternatives {
    private static final Set<String> TYPES = Set.of("object", "array", "string", "number", "boolean", "null");
    private static final int MOST_STEPS = 16;

    private final JsonElement root;

    Alternatives(JsonElement root) {
        this.root = root;
    }

    boolean exclude(JsonElement one, JsonElement other) {
        return exclude(one, other, MOST_STEPS);
    }

    private boolean exclude(JsonElement one, JsonElement other, int steps) {
        if (steps == 0 || !(target(one) instanceof JsonObject a) || !(target(other) instanceof JsonObject b)) {
            return false;
        }
        Optional<List<JsonElement>> left = constants(a);
        Optional<List<JsonElement>> right = constants(b);
        if (left.isPresent() && right.isPresent()) {
            return left.get().stream().noneMatch(right.get()::contains);
        }
        Set<String> common = new HashSet<>(types(a, left));
        common.retainAll(types(b, right));
        return common.isEmpty() || (common.equals(Set.of("object")) && excludeByMember(a, b, steps));
    }

    private boolean excludeByMember(JsonObject a, JsonObject b, int steps) {
        if (!(a.get("properties") instanceof JsonObject left) || !(b.get("properties") instanceof JsonObject right)) {
            return false;
        }
        Set<String> both = new HashSet<>(SchemaText.required(a, left, ""));
        both.retainAll(SchemaText.required(b, right, ""));
        return both.stream().anyMatch(name -> exclude(left.get(name), right.get(name), steps - 1));
    }

    private JsonElement target(JsonElement schema) {
        JsonElement at = schema;
        for (int i = 0; i < MOST_STEPS && at instanceof JsonObject object && object.has("$ref"); i++) {
            at = SchemaText.find(root, SchemaText.string(object.get("$ref"), "$ref"));
        }
        return at;
    }

    private static Optional<List<JsonElement>> constants(JsonObject schema) {
        if (schema.has("const")) {
            return Optional.of(List.of(schema.get("const")));
        }
        return schema.get("enum") instanceof JsonArray values ? Optional.of(values.asList()) : Optional.empty();
    }

    private static Set<String> types(JsonObject schema, Optional<List<JsonElement>> constants) {
        if (constants.isPresent()) {
            return constants.get().stream().map(Alternatives::typeOf).collect(Collectors.toSet());
        }
        return switch (schema.get("type")) {
            case JsonArray several -> several.asList().stream().map(Alternatives::named).collect(Collectors.toSet());
            case JsonPrimitive one -> Set.of(named(one));
            case null, default -> TYPES;
        };
    }

    /** Integers are numbers. */
    private static String named(JsonElement type) {
        String name = SchemaText.string(type, "type");
        return name.equals("integer") ? "number" : name;
    }

    /** The type of a value. */
    static String typeOf(JsonElement value) {
        return switch (value) {
            case JsonObject _ -> "object";
            case JsonArray _ -> "array";
            case JsonPrimitive primitive when primitive.isString() -> "string";
            case JsonPrimitive primitive when primitive.isNumber() -> "number";
            case JsonPrimitive _ -> "boolean";
            default -> "null";
        };
    }
}
