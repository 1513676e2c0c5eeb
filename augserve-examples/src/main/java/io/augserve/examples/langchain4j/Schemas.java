package io.augserve.examples.langchain4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The framework's schemas as JSON schema text. Members come in the order in which models have mostly seen them: {@code type},
 * {@code description}, {@code properties}, {@code required}.
 */
final class Schemas {
    private Schemas() {}

    /**
     * The schema of an answer.
     *
     * @throws IllegalArgumentException if a raw schema is not JSON
     */
    static String text(JsonSchemaElement schema) {
        return write(schema).toString();
    }

    /** The schema of a tool's arguments; a tool without any takes the empty object. */
    static String ofArguments(ToolSpecification tool) {
        JsonObject schema = Optional.ofNullable(tool.parameters()).map(Schemas::write).map(JsonElement::getAsJsonObject)
                .orElseGet(() -> typed("object", Optional.empty()));
        if (!schema.has("properties")) {
            schema.add("properties", new JsonObject());
        }
        return schema.toString();
    }

    private static JsonElement write(JsonSchemaElement schema) {
        Optional<String> description = Optional.ofNullable(schema.description());
        return switch (schema) {
            case JsonObjectSchema object -> object(object, description);
            case JsonArraySchema array -> {
                JsonObject json = typed("array", description);
                Optional.ofNullable(array.items()).ifPresent(items -> json.add("items", write(items)));
                yield json;
            }
            case JsonEnumSchema choice -> {
                JsonObject json = typed("string", description);
                json.add("enum", strings(choice.enumValues()));
                yield json;
            }
            case JsonAnyOfSchema any -> {
                JsonObject json = new JsonObject();
                description.ifPresent(text -> json.addProperty("description", text));
                JsonArray alternatives = new JsonArray();
                any.anyOf().forEach(alternative -> alternatives.add(write(alternative)));
                json.add("anyOf", alternatives);
                yield json;
            }
            case JsonReferenceSchema reference -> {
                JsonObject json = new JsonObject();
                json.addProperty("$ref", "#/$defs/" + reference.reference());
                yield json;
            }
            case JsonRawSchema raw -> parse(raw.schema());
            case JsonStringSchema _ -> typed("string", description);
            case JsonIntegerSchema _ -> typed("integer", description);
            case JsonNumberSchema _ -> typed("number", description);
            case JsonBooleanSchema _ -> typed("boolean", description);
            case JsonNullSchema _ -> typed("null", description);
            default -> throw new UnsupportedFeatureException(
                    "a schema of " + schema.getClass().getSimpleName() + " is not supported");
        };
    }

    private static JsonObject object(JsonObjectSchema object, Optional<String> description) {
        JsonObject json = typed("object", description);
        addAll(json, "properties", object.properties());
        Optional.ofNullable(object.required()).filter(names -> !names.isEmpty())
                .ifPresent(names -> json.add("required", strings(names)));
        Optional.ofNullable(object.additionalProperties())
                .ifPresent(allowed -> json.addProperty("additionalProperties", allowed));
        addAll(json, "$defs", object.definitions());
        return json;
    }

    private static void addAll(JsonObject json, String name, Map<String, JsonSchemaElement> schemas) {
        // The framework leaves out what an object does not say, be it null or empty.
        if (schemas != null && !schemas.isEmpty()) {
            JsonObject members = new JsonObject();
            schemas.forEach((member, schema) -> members.add(member, write(schema)));
            json.add(name, members);
        }
    }

    private static JsonObject typed(String type, Optional<String> description) {
        JsonObject json = new JsonObject();
        json.addProperty("type", type);
        description.ifPresent(text -> json.addProperty("description", text));
        return json;
    }

    private static JsonArray strings(Collection<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    private static JsonElement parse(String raw) {
        try {
            return JsonParser.parseString(raw);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("raw schema: expected JSON, got " + raw, e);
        }
    }
}
