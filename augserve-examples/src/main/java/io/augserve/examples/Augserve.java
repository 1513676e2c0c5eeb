package io.augserve.examples;

import io.augserve.examples.bench.Bench;
import io.augserve.examples.console.Text;
import io.augserve.examples.gpucheck.GpuCheck;
import io.augserve.examples.profile.Profile;
import io.augserve.examples.quickstart.Quickstart;
import io.augserve.examples.replay.Replay;
import io.augserve.examples.serve.Serve;
import io.augserve.examples.simulate.Simulate;
import io.augserve.examples.soak.HttpSoak;
import io.augserve.examples.soak.Soak;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 all went well, 1 something failed while running, 2 the input is wrong. */
@Command(name = "augserve", description = "Serves tool-calling LLM requests inside a JVM.", mixinStandardHelpOptions = true, version = "augserve 0.1.0", subcommands = {
        Quickstart.class, Serve.class, Simulate.class, Profile.class, Bench.class, Soak.class, HttpSoak.class,
        GpuCheck.class, Replay.class,
        CommandLine.HelpCommand.class})
public final class Augserve {
    private static final int LONGEST_PROBLEM = 2_000;

    private Augserve() {}

    /** Runs a sub-command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a sub-command with the process's own output and error streams. */
    public static int run(String... args) {
        return run(new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()), args);
    }

    /**
     * Runs a sub-command.
     *
     * @param out gets what was asked for
     * @param err gets one line if something is wrong
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new Augserve());
        line.setOut(out);
        line.setErr(err);
        line.setUsageHelpWidth(80);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("augserve: " + oneLine(describe(e)));
            return e instanceof BadInputException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        line.setParameterExceptionHandler((e, given) -> {
            CommandLine wrong = e.getCommandLine();
            wrong.getErr().println("augserve: " + oneLine(describe(e)) + "; see '"
                    + wrong.getCommandSpec().qualifiedName() + " --help'");
            return CommandLine.ExitCode.USAGE;
        });
        return args.length == 0 ? usage(line) : line.execute(args);
    }

    private static int usage(CommandLine line) {
        line.usage(line.getErr());
        return CommandLine.ExitCode.USAGE;
    }

    /** Messages quote files, which may hold anything of any length. */
    private static String oneLine(String text) {
        return Text.cut(Text.oneLine(text.strip().replaceAll("\\s*\\R\\s*", " ")), LONGEST_PROBLEM);
    }

    private static String describe(Throwable e) {
        // Its message is often no more than the file's name.
        String message = e instanceof FileSystemException ? e.toString() : e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }
}
