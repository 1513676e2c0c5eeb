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
import java.util.Optional;

/** The small tool-calling model that comes with the examples, as a directory that an engine can open. */
public final class EmbeddedModel {
    private static final List<String> FILES = List.of("config.json", "generation_config.json", "model.safetensors",
            "tokenizer.json", "tokenizer_config.json", "tools.json", "prompts.txt");
    private static Optional<Path> found = Optional.empty();

    private EmbeddedModel() {}

    /**
     * The model's directory: the class path's own where that is a folder, else a temporary copy, one a JVM, that goes with it.
     *
     * @throws IllegalStateException if the model is not there
     * @throws UncheckedIOException if there is no room for a copy
     */
    public static synchronized Path directory() {
        Path directory = found.orElseGet(EmbeddedModel::find);
        found = Optional.of(directory);
        return directory;
    }

    private static Path find() {
        try {
            URL config = resource("config.json");
            if (config.getProtocol().equals("file")) {
                return Path.of(new URI(config.toString())).resolveSibling(".").normalize();
            }
            Path parent = Files.createTempDirectory("augserve");
            parent.toFile().deleteOnExit();
            // The directory's name is the model's name in reports.
            Path copy = Files.createDirectory(parent.resolve("tiny-tools"));
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
