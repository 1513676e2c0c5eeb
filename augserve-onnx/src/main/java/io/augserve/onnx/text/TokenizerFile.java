package io.augserve.onnx.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is read from a {@code tokenizer.json} besides what the native tokenizer reads itself.
 *
 * @param json the whole file
 * @param addedTokens in the file's order
 * @param tokenBytes the text of every token
 */
record TokenizerFile(String json, List<AddedToken> addedTokens, TokenBytes tokenBytes) {
    static final String NAME = "tokenizer.json";

    /** Ids above this are taken for damage rather than for a vocabulary. */
    private static final int MAX_ID = 1 << 24;

    /**
     * @throws ModelFormatException if the file is missing, is not JSON, or is not a byte-level BPE tokenizer
     */
    static TokenizerFile read(Path file) {
        String json = text(file);
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            return new Fields(file).read(reader).file(json);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new ModelFormatException(file, "broken JSON, expected a Hugging Face tokenizer: " + e.getMessage(),
                    e);
        }
    }

    /** The text of a file of the model, with one clear exception. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(file, "no such file", e);
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file, "not UTF-8 text", e);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e, e);
        }
    }

    /** Collects the fields in whatever order the file has them; the merges, its largest part, are skipped. */
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
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (reader.peek() == JsonToken.NULL) {
                    reader.skipValue();
                    continue;
                }
                switch (name) {
                    case "added_tokens" -> addedTokens(reader);
                    case "decoder" -> decoder = type(reader, false);
                    case "model" -> model = type(reader, true);
                    default -> reader.skipValue();
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
                reader.beginObject();
                while (reader.hasNext()) {
                    switch (reader.nextName()) {
                        case "id" -> id = id(reader);
                        case "content" -> content = reader.nextString();
                        case "special" -> special = reader.nextBoolean();
                        default -> reader.skipValue();
                    }
                }
                reader.endObject();
                if (id < 0 || content.isEmpty()) {
                    throw new ModelFormatException(file,
                            "added_tokens[" + added.size() + "]: expected an id and a content");
                }
                added.add(new AddedToken(id, content, special));
            }
            reader.endArray();
        }

        private String type(JsonReader reader, boolean withVocabulary) throws IOException {
            String type = "none";
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (name.equals("type")) {
                    type = reader.nextString();
                } else if (withVocabulary && name.equals("vocab") && reader.peek() == JsonToken.BEGIN_OBJECT) {
                    vocabulary(reader);
                } else {
                    reader.skipValue();
                }
            }
            reader.endObject();
            return type;
        }

        private void vocabulary(JsonReader reader) throws IOException {
            reader.beginObject();
            while (reader.hasNext()) {
                vocabulary.put(reader.nextName(), id(reader));
            }
            reader.endObject();
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
