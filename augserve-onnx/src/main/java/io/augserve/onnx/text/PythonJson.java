package io.augserve.onnx.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes JSON as Python's {@code json.dumps(value, ensure_ascii=False)} does, because models were trained on templates
 * that do: {@code ", "} and {@code ": "} between values, or four spaces of indentation. Keys keep their order and
 * numbers their digits ({@code 1.0} stays {@code 1.0}; Python would also rewrite {@code 1e5}).
 */
final class PythonJson {
    private static final int MAX_DEPTH = 64;
    private static final int INDENT = 4;

    /** An array or object that is being written; counts its values. */
    private static final class Container {
        final boolean object;
        int size;

        Container(boolean object) {
            this.object = object;
        }
    }

    private final StringBuilder out = new StringBuilder();
    private final Deque<Container> open = new ArrayDeque<>();
    private final boolean indented;

    private PythonJson(boolean indented) {
        this.indented = indented;
    }

    /**
     * One line.
     *
     * @param what names the text in the exception's message
     * @throws IllegalArgumentException if it is not strict JSON, or nested deeper than 64
     */
    static String compact(String json, String what) {
        return new PythonJson(false).rewrite(json, what);
    }

    /** As {@code indent=4} does. */
    static String indented(String json, String what) {
        return new PythonJson(true).rewrite(json, what);
    }

    /** A JSON string with its quotes; only what JSON demands is escaped. */
    static String string(String value) {
        PythonJson json = new PythonJson(false);
        json.quote(value);
        return json.out.toString();
    }

    private String rewrite(String json, String what) {
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            do {
                next(reader);
            } while (!open.isEmpty());
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException("text after the value");
            }
            return out.toString();
        } catch (IOException | IllegalStateException e) {
            throw new IllegalArgumentException(what + ": expected JSON, got " + shorten(json), e);
        }
    }

    private void next(JsonReader reader) throws IOException {
        JsonToken token = reader.peek();
        if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
            close(reader, token);
            return;
        }
        Container parent = open.peek();
        if (parent != null) {
            separate(parent);
            if (parent.object) {
                quote(reader.nextName());
                out.append(": ");
                token = reader.peek();
            }
        }
        switch (token) {
            case BEGIN_OBJECT -> {
                reader.beginObject();
                out.append('{');
                open.push(new Container(true));
            }
            case BEGIN_ARRAY -> {
                reader.beginArray();
                out.append('[');
                open.push(new Container(false));
            }
            case STRING -> quote(reader.nextString());
            case NUMBER -> out.append(reader.nextString());
            case BOOLEAN -> out.append(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                out.append("null");
            }
            default -> throw new IOException("unexpected " + token);
        }
    }

    private void separate(Container parent) {
        if (parent.size++ > 0) {
            out.append(indented ? "," : ", ");
        }
        newLine(open.size());
    }

    private void close(JsonReader reader, JsonToken token) throws IOException {
        Container closed = open.pop();
        if (closed.size > 0) {
            newLine(open.size());
        }
        if (token == JsonToken.END_OBJECT) {
            reader.endObject();
            out.append('}');
        } else {
            reader.endArray();
            out.append(']');
        }
    }

    private void newLine(int depth) {
        if (indented) {
            out.append('\n').repeat(' ', INDENT * depth);
        }
    }

    private void quote(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00").append(c < 0x10 ? "0" : "").append(Integer.toHexString(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static String shorten(String json) {
        return json.length() <= 100 ? json : json.substring(0, 100) + "...";
    }
}
