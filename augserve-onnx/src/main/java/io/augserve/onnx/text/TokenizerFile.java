package io.augserve.onnx.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.augserve.onnx.model.ModelFile;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is read from a {@code tokenizer.json} besides what the native tokenizer reads itself.
 *
 * @param json the whole file
 * @param addedTokens in the file's order
 * @param tokenBytes the text of every token
 */
record TokenizerFile(String json, List<AddedToken> addedTokens, TokenBytes tokenBytes) {
    static final String NAME = "tokenizer.json";

    /** Ids above this are taken for damage rather than for a vocabulary: the largest have a quarter of a million tokens. */
    private static final int MAX_ID = 1 << 22;
    private static final int MAX_DEPTH = 64;
    /** Four times the largest that are published. */
    private static final int MAX_BYTES = 128 << 20;

    /**
     * @throws ModelFormatException if the file is missing, is not JSON, or is not a byte-level BPE tokenizer
     */
    static TokenizerFile read(Path file) {
        String json = ModelFile.text(file, MAX_BYTES, "a Hugging Face tokenizer");
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            return new Fields(file).read(reader).file(json);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new ModelFormatException(file, "broken JSON, expected a Hugging Face tokenizer: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Collects the fields in whatever order the file has them; the merges, its largest part, are skipped. A field that stands twice is
     * refused: what is read here and what the native tokenizer reads must be the same. What is skipped is checked all the same, because
     * in some places the native code ends the process at JSON that it cannot read: at numbers beyond a double, unpaired surrogates,
     * control characters in strings and deep nesting.
     */
    private static final class Fields {
        private final Path file;
        private final List<AddedToken> added = new ArrayList<>();
        private final Map<String, Integer> vocabulary = new HashMap<>();
        private String decoder = "none";
        private String model = "none";

        Fields(Path file) {
            this.file = file;
        }

        Fields read(JsonReader reader) throws IOException {
            Set<String> names = new HashSet<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String name = once(names, reader);
                if (reader.peek() == JsonToken.NULL) {
                    pass(reader);
                    continue;
                }
                switch (name) {
                    case "added_tokens" -> addedTokens(reader);
                    case "decoder" -> decoder = type(reader, false);
                    case "model" -> model = type(reader, true);
                    default -> pass(reader);
                }
            }
            reader.endObject();
            return this;
        }

        TokenizerFile file(String json) {
            if (!model.equals("BPE") || !decoder.equals("ByteLevel")) {
                throw new ModelFormatException(file, "expected model BPE with decoder ByteLevel, got model " + model
                        + " with decoder " + decoder);
            }
            if (vocabulary.isEmpty()) {
                throw new ModelFormatException(file, "model.vocab: expected tokens, got none");
            }
            return new TokenizerFile(json, List.copyOf(added), new TokenBytes(vocabulary, added));
        }

        private void addedTokens(JsonReader reader) throws IOException {
            reader.beginArray();
            while (reader.hasNext()) {
                int id = -1;
                String content = "";
                boolean special = false;
                Set<String> names = new HashSet<>();
                reader.beginObject();
                while (reader.hasNext()) {
                    switch (once(names, reader)) {
                        case "id" -> id = id(reader);
                        case "content" -> content = text(reader);
                        case "special" -> special = reader.nextBoolean();
                        default -> pass(reader);
                    }
                }
                reader.endObject();
                if (id < 0 || content.isEmpty()) {
                    throw new ModelFormatException(file,
                            "added_tokens[" + added.size() + "]: expected an id and a content");
                }
                added.add(new AddedToken(id, content, special));
                requirePlausible(added.size());
            }
            reader.endArray();
        }

        private String type(JsonReader reader, boolean withVocabulary) throws IOException {
            String type = "none";
            Set<String> names = new HashSet<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String name = once(names, reader);
                if (name.equals("type")) {
                    type = text(reader);
                } else if (withVocabulary && name.equals("vocab") && reader.peek() == JsonToken.BEGIN_OBJECT) {
                    vocabulary(reader);
                } else {
                    pass(reader);
                }
            }
            reader.endObject();
            return type;
        }

        private void vocabulary(JsonReader reader) throws IOException {
            reader.beginObject();
            while (reader.hasNext()) {
                String token = wellFormed(reader.nextName(), reader);
                if (vocabulary.put(token, id(reader)) != null) {
                    throw new ModelFormatException(file, reader.getPreviousPath(), "the token twice", "it once");
                }
                requirePlausible(vocabulary.size());
            }
            reader.endObject();
        }

        /** JsonReader's own skipValue takes control characters in strings, and every number. */
        private void pass(JsonReader reader) throws IOException {
            switch (reader.peek()) {
                case BEGIN_OBJECT -> {
                    reader.beginObject();
                    while (reader.hasNext()) {
                        String _ = wellFormed(reader.nextName(), reader);
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
                    String _ = text(reader);
                }
                case NUMBER -> {
                    String number = reader.nextString();
                    if (!Double.isFinite(Double.parseDouble(number))) {
                        throw new ModelFormatException(file, reader.getPreviousPath(), number, "a number of 64 bits");
                    }
                }
                default -> reader.skipValue();
            }
        }

        private String text(JsonReader reader) throws IOException {
            return wellFormed(reader.nextString(), reader);
        }

        private String wellFormed(String text, JsonReader reader) {
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw new ModelFormatException(file, reader.getPreviousPath(), "an unpaired surrogate", "Unicode text");
            }
            return text;
        }

        private String once(Set<String> names, JsonReader reader) throws IOException {
            String name = wellFormed(reader.nextName(), reader);
            if (!names.add(name)) {
                throw new ModelFormatException(file, reader.getPath(), "the field twice", "it once");
            }
            return name;
        }

        private void requirePlausible(int tokens) {
            if (tokens > MAX_ID) {
                throw new ModelFormatException(file, "vocabulary", "more than " + MAX_ID + " tokens", "fewer");
            }
        }

        private int id(JsonReader reader) throws IOException {
            int id = reader.nextInt();
            if (id < 0 || id > MAX_ID) {
                throw new ModelFormatException(file, reader.getPreviousPath() + ": expected an id in [0, " + MAX_ID
                        + "], got " + id);
            }
            return id;
        }
    }
}
