package io.augserve.onnx.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads one JSON object strictly: RFC 8259 syntax, valid UTF-8, no duplicate keys, bounded size, number of values and nesting, nothing
 * behind the object. Gson's own tree reader silently keeps the last of two equal keys, hence this one.
 */
final class StrictJson {
    /** Deeper than any model description; far below what would exhaust a thread's stack. */
    private static final int MAX_DEPTH = 64;
    /** Model descriptions are kilobytes; the weight index of a very large model is a few megabytes. */
    private static final int MAX_FILE_BYTES = 64 << 20;
    /** A tree of so many values takes some 200 MB; the header of a checkpoint with 100,000 tensors has 800,000. */
    static final int MAX_VALUES = 1 << 20;

    private final Path file;
    private final JsonReader reader;
    private int values;

    private StrictJson(Path file, String text) {
        this.file = file;
        this.reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_DEPTH);
    }

    /** Reads {@code file}, which must hold one JSON object. */
    static JsonFields read(Path file) {
        byte[] bytes = ModelFile.read(file, MAX_FILE_BYTES, "a readable JSON file");
        return new JsonFields(file, "", parse(file, ByteBuffer.wrap(bytes)));
    }

    /** Parses UTF-8 bytes that came out of {@code file} and must hold one JSON object. */
    static JsonObject parse(Path file, ByteBuffer utf8) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file, "JSON", "malformed UTF-8", "UTF-8 text", e);
        }
        return new StrictJson(file, text).document();
    }

    private JsonObject document() {
        try {
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw problem("JSON", reader.peek().toString(), "one JSON object");
            }
            JsonObject object = object();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw problem("JSON", "text behind the object", "one JSON object");
            }
            return object;
        } catch (MalformedJsonException e) {
            throw new ModelFormatException(file, "JSON", "a syntax error: " + e.getMessage(), "strict JSON", e);
        } catch (IOException e) { // the reader reads a string: this is a text that ends too early
            throw new ModelFormatException(file, "JSON", "an early end: " + e.getMessage(), "strict JSON", e);
        }
    }

    private JsonElement value() throws IOException {
        if (++values > MAX_VALUES) {
            throw problem("JSON", "more than " + MAX_VALUES + " values", "fewer");
        }
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case STRING -> new JsonPrimitive(reader.nextString());
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NUMBER -> number();
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            default -> throw problem("JSON at " + reader.getPath(), reader.peek().toString(), "a value");
        };
    }

    private JsonObject object() throws IOException {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            if (object.has(name)) {
                throw problem("field " + reader.getPath(), "the key \"" + name + "\" twice", "each key once");
            }
            object.add(name, value());
        }
        reader.endObject();
        return object;
    }

    private JsonArray array() throws IOException {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
            array.add(value());
        }
        reader.endArray();
        return array;
    }

    private JsonPrimitive number() throws IOException {
        String literal = reader.nextString();
        try {
            return new JsonPrimitive(new BigDecimal(literal));
        } catch (NumberFormatException e) {
            throw new ModelFormatException(file, "JSON at " + reader.getPath(), literal, "a number", e);
        }
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(file, where, found, expected);
    }
}
