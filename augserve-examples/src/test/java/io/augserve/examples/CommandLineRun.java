package io.augserve.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
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
}
