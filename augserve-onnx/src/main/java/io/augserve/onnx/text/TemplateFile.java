package io.augserve.onnx.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.augserve.onnx.model.ModelFile;
import io.augserve.onnx.model.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The chat template that a model directory brings.
 *
 * @param file where it stands
 * @param source its Jinja source
 */
record TemplateFile(Path file, String source) {
    /** Templates take some kilobytes, the files that they are in seldom a megabyte. */
    private static final int MAX_BYTES = 16 << 20;

    /**
     * Reads {@code chat_template.jinja}, or else {@code chat_template} in {@code tokenizer_config.json}; of several
     * templates the one for tool use, or else the default.
     *
     * @throws ModelFormatException if there is none, or its file is broken
     */
    static TemplateFile read(Path directory) {
        Path alone = directory.resolve("chat_template.jinja");
        if (Files.exists(alone)) {
            return new TemplateFile(alone, text(alone));
        }
        Path config = directory.resolve("tokenizer_config.json");
        if (!Files.exists(config)) {
            throw new ModelFormatException(directory,
                    "no chat template: expected chat_template.jinja or tokenizer_config.json");
        }
        String source = source(config);
        if (source.isEmpty()) {
            throw new ModelFormatException(config, "no chat_template, and no chat_template.jinja beside it");
        }
        return new TemplateFile(config, source);
    }

    private static String text(Path file) {
        return ModelFile.text(file, MAX_BYTES, "a chat template");
    }

    private static String source(Path config) {
        try {
            JsonObject fields = JsonParser.parseString(text(config)).getAsJsonObject();
            JsonElement template = fields.get("chat_template");
            if (template == null || template.isJsonNull()) {
                return "";
            }
            return template.isJsonArray() ? choose(template) : template.getAsString();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NullPointerException e) {
            throw new ModelFormatException(config,
                    "broken: expected a JSON object whose chat_template is a string or a list of templates with names",
                    e);
        }
    }

    private static String choose(JsonElement templates) {
        String chosen = "";
        for (JsonElement element : templates.getAsJsonArray()) {
            JsonObject named = element.getAsJsonObject();
            String name = named.get("name").getAsString();
            if (name.equals("tool_use") || (name.equals("default") && chosen.isEmpty())) {
                chosen = named.get("template").getAsString();
            }
        }
        return chosen;
    }
}
