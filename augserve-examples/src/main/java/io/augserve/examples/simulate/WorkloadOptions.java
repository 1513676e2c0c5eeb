package io.augserve.examples.simulate;

import io.augserve.examples.OutputFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that runs a workload asks for, in virtual time or not: its requests, and where the figures go. */
public final class WorkloadOptions {
    @Option(names = "--trace", paramLabel = "FILE|builtin:NAME", description = "requests to draw from (default: builtin:mixture)")
    private String trace = "builtin:mixture";
    @Option(names = "--json", paramLabel = "FILE", description = "write the figures of every run for machines to read")
    private @Nullable Path json;

    /** The trace as it was named. */
    public String name() {
        return trace;
    }

    /**
     * The trace itself, read anew.
     *
     * @param toolSeconds how long a call takes to which the trace gives no time; without it such a trace is refused
     * @throws io.augserve.examples.BadInputException if there is none, or it cannot be used
     */
    public Trace trace(OptionalDouble toolSeconds) {
        return Trace.of(trace, toolSeconds);
    }

    /** The file for the figures. */
    public Optional<Path> json() {
        return Optional.ofNullable(json);
    }

    /**
     * Finds out, before anything runs, whether that file can be written.
     *
     * @throws io.augserve.examples.BadInputException if it cannot
     */
    public void requireWritable() {
        json().ifPresent(file -> OutputFile.requireWritable("--json", file));
    }
}
