package io.augserve.onnx.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.augserve.engine.ParsedCall;
import java.io.IOException;
import java.io.StringReader;

/**
 * Reads the JSON object of one call: a {@code name} and {@code arguments}, or {@code parameters}, whichever the model
 * took; no arguments at all are the empty object. Arguments are handed on as the model wrote them; where it wrote them
 * as a string that holds an object, as OpenAI's API does, the string's content is. Other members are passed over.
 */
final class CallJson {
    private static final int MAX_DEPTH = 64;
    private static final String FORM = " Write one JSON object with \"name\", a string, and the arguments, an object.";

    private static final String NOT_JSON = "The tool call is not valid JSON.";

    /** Why a call cannot be read, as a sentence for the model. */
    private static final class Problem extends Exception {
        private static final long serialVersionUID = 1L;

        final String sentence;

        Problem(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }

    private String name = "";
    private boolean named;
    private String arguments = "{}";
    private boolean argued;

    private CallJson() {}

    static ParsedCall parse(String text) {
        try {
            return new CallJson().read(text);
        } catch (Problem e) {
            return new ParsedCall.Malformed(text, e.sentence);
        }
    }

    private ParsedCall read(String text) throws Problem {
        try (JsonReader reader = strict(text)) {
            expect(reader, JsonToken.BEGIN_OBJECT, "The tool call is not a JSON object.");
            reader.beginObject();
            for (int member = 0; reader.hasNext(); member++) {
                switch (reader.nextName()) {
                    case "name" -> readName(reader);
                    case "arguments", "parameters" -> readArguments(reader, text, member);
                    default -> pass(reader);
                }
            }
            reader.endObject();
            expect(reader, JsonToken.END_DOCUMENT, NOT_JSON);
        } catch (IOException e) {
            throw syntax(e);
        }
        if (!named) {
            throw new Problem("The tool call has no \"name\"." + FORM);
        }
        return new ParsedCall.Valid(name, arguments);
    }

    private void readName(JsonReader reader) throws IOException, Problem {
        if (named) {
            throw new Problem("The tool call has two names." + FORM);
        }
        expect(reader, JsonToken.STRING, "The tool call's \"name\" is not a string.");
        name = reader.nextString();
        if (name.isBlank()) {
            throw new Problem("The tool call's \"name\" is empty." + FORM);
        }
        named = true;
    }

    private void readArguments(JsonReader reader, String text, int member) throws IOException, Problem {
        if (argued) {
            throw new Problem("The tool call has its arguments twice." + FORM);
        }
        argued = true;
        if (reader.peek() == JsonToken.STRING) {
            arguments = reader.nextString();
            try (JsonReader inner = strict(arguments)) {
                expect(inner, JsonToken.BEGIN_OBJECT, "The tool call's arguments are not a JSON object.");
                pass(inner);
                expect(inner, JsonToken.END_DOCUMENT, NOT_JSON);
            }
        } else {
            expect(reader, JsonToken.BEGIN_OBJECT, "The tool call's arguments are not a JSON object.");
            pass(reader);
            arguments = JsonMembers.value(text, member);
        }
    }

    /** Passes over a value by reading it: skipValue lets raw control characters in strings pass, which are no JSON. */
    private static void pass(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                reader.beginObject();
                while (reader.hasNext()) {
                    String _ = reader.nextName();
                    pass(reader);
                }
                reader.endObject();
            }
            case BEGIN_ARRAY -> {
                reader.beginArray();
                while (reader.hasNext()) {
                    pass(reader);
                }
                reader.endArray();
            }
            case STRING -> {
                String _ = reader.nextString();
            }
            default -> reader.skipValue();
        }
    }

    private static JsonReader strict(String json) {
        JsonReader reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_DEPTH);
        return reader;
    }

    private static void expect(JsonReader reader, JsonToken expected, String otherwise) throws IOException, Problem {
        if (reader.peek() != expected) {
            throw new Problem(otherwise + FORM);
        }
    }

    private static Problem syntax(IOException e) {
        String message = String.valueOf(e.getMessage());
        return new Problem(message.startsWith("Nesting limit")
                ? "The tool call is nested deeper than " + MAX_DEPTH + " levels."
                : NOT_JSON + FORM);
    }
}
