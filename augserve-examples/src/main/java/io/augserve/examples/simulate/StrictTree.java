package io.augserve.examples.simulate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.augserve.examples.BadInputException;
import io.augserve.examples.console.Text;
import java.io.IOException;
import java.io.StringReader;

/**
 * Reads strict JSON into a tree. Gson's own reader silently keeps the last of two equal keys; here they are refused.
 *
 * <p>The ONNX module walks the files of models alike and keeps that to itself: the core has no JSON, and what an engine exported for its command line's
 * sake would be one more promise to those who embed it. Limits, numbers and errors are each one's own anyway.
 */
final class StrictTree {
    /** Deeper than any trace or profile. */
    private static final int MAX_DEPTH = 32;
    private static final int SHOWN = 200;

    private final String place;
    private final JsonReader reader;

    private StrictTree(String place, String text) {
        this.place = place;
        reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_DEPTH);
    }

    /**
     * The one value that a text holds.
     *
     * @throws BadInputException if a key stands twice or more text follows
     * @throws IOException if it is not strict JSON, or nested too deep
     * @throws com.google.gson.JsonParseException if it is not strict JSON
     */
    static JsonElement read(String place, String text) throws IOException {
        StrictTree tree = new StrictTree(place, text);
        JsonElement element = tree.value();
        if (tree.reader.peek() != JsonToken.END_DOCUMENT) {
            throw new BadInputException(place + ": expected one JSON object, got more text after it");
        }
        return element;
    }

    private JsonElement value() throws IOException {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            default -> JsonParser.parseReader(reader);
        };
    }

    private JsonObject object() throws IOException {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            String path = reader.getPath();
            JsonElement value = value();
            if (object.has(name)) {
                throw new BadInputException(place + ", " + Text.cut(path.substring("$.".length()), SHOWN)
                        + ": expected each field once, got it twice");
            }
            object.add(name, value);
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
}
