package io.augserve.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is served: an option of the commands that open a model directory. */
public final class ModelOption {
    @Option(names = "--model", paramLabel = "DIR", description = "a Hugging Face model directory (default: the small model that comes along)")
    private @Nullable Path model;

    /** The directory that was asked for; it may be none. */
    public Path directory() {
        return model == null ? EmbeddedModel.directory() : model;
    }
}
