package io.augserve.examples.soak;

import io.augserve.examples.OutputFile;
import io.augserve.examples.ThreadsOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What both soaks ask for. */
final class SoakOptions {
    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", paramLabel = "FILE", description = "write counts and samples for machines to read")
    private @Nullable Path json;

    ThreadsOption threads() {
        return threads;
    }

    Optional<Path> json() {
        return Optional.ofNullable(json);
    }

    /** Finds out, before hours are spent, whether the file can be written. */
    void requireWritable() {
        json().ifPresent(file -> OutputFile.requireWritable("--json", file));
    }
}
