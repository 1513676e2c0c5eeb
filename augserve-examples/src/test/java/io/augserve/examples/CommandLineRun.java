package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What one run of the program did.
 *
 * @param exitCode 0, 1 or 2
 * @param out lines of standard output
 * @param err lines of standard error
 */
record CommandLineRun(int exitCode, List<String> out, List<String> err) {
    static CommandLineRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Augserve.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new CommandLineRun(exitCode, out.toString().lines().toList(), err.toString().lines().toList());
    }

    /** The one line that a run on wrong input ends with, before it has said or done anything. */
    static String problemOf(String command, String... options) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of(options));
        CommandLineRun run = of(args.toArray(String[]::new));
        assertThat(run.err()).singleElement().asString().startsWith("augserve: ");
        assertThat(run.exitCode()).as(run.err().getFirst()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        return run.err().getFirst();
    }
}
