package io.augserve.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The small tool-calling model that comes with the examples, as a directory that an engine can open. */
public final class EmbeddedModel {
    private static final List<String> FILES = List.of("config.json", "generation_config.json", "model.safetensors",
            "tokenizer.json", "tokenizer_config.json", "tools.json", "prompts.txt");

    private EmbeddedModel() {}

    /** The model's directory: the class path's own where that is a folder, else a temporary copy that goes with the JVM. */
    public static Path directory() {
        try {
            URL config = resource("config.json");
            if (config.getProtocol().equals("file")) {
                return Path.of(new URI(config.toString())).resolveSibling(".").normalize();
            }
            Path copy = Files.createTempDirectory("augserve-tiny-tools");
            copy.toFile().deleteOnExit();
            for (String name : FILES) {
                Path file = copy.resolve(name);
                try (InputStream in = resource(name).openStream()) {
                    Files.copy(in, file);
                }
                file.toFile().deleteOnExit();
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded model cannot be unpacked", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the embedded model has no usable place", e);
        }
    }

    private static URL resource(String name) {
        URL url = EmbeddedModel.class.getResource("tiny-tools/" + name);
        if (url == null) {
            throw new IllegalStateException("the embedded model lacks " + name + ": the examples were not built whole");
        }
        return url;
    }
}
