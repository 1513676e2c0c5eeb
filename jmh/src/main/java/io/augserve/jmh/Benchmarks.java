package io.augserve.jmh;

import io.augserve.schedule.Policies;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

/** JMH's command line, with every stock policy as the values of {@code policy} unless {@code -p policy=...} gives others. */
public final class Benchmarks {
    private static final String POLICY = "policy=";

    private Benchmarks() {}

    /** Runs JMH. */
    public static void main(String[] args) throws IOException {
        boolean given = Arrays.stream(args).anyMatch(arg -> arg.startsWith(POLICY) || arg.startsWith("-p" + POLICY));
        org.openjdk.jmh.Main.main(given
                ? args
                : Stream.concat(Arrays.stream(args), Stream.of("-p", POLICY + String.join(",", Policies.names())))
                        .toArray(String[]::new));
    }
}
