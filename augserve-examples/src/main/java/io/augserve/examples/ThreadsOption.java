package io.augserve.examples;

import picocli.CommandLine.Option;

/** How many threads an engine has: an option of every command that opens one. */
public final class ThreadsOption {
    @Option(names = "--threads", paramLabel = "N", description = "threads of the engine (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** As many as were asked for, checked or not. */
    public int asked() {
        return threads;
    }

    /**
     * As many as were asked for.
     *
     * @throws BadInputException if that is less than 1
     */
    public int count() {
        Numbers.requireAtLeast("--threads", threads, 1);
        return threads;
    }
}
