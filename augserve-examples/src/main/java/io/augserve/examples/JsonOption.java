package io.augserve.examples;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command writes its figures, if anywhere. */
public final class JsonOption {
    @Option(names = "--json", paramLabel = "FILE", description = "write the figures for machines to read")
    private @Nullable Path json;

    /** The file that was asked for. */
    public Optional<Path> file() {
        return Optional.ofNullable(json);
    }

    /**
     * Finds out, before anything is measured, whether that file can be written.
     *
     * @throws BadInputException if it cannot
     */
    public void requireWritable() {
        file().ifPresent(file -> OutputFile.requireWritable("--json", file));
    }
}
