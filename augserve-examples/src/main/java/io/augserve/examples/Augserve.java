package io.augserve.examples;

import io.augserve.examples.quickstart.Quickstart;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 all went well, 1 something failed while running, 2 the input is wrong. */
@Command(name = "augserve", description = "Serves tool-calling LLM requests inside a JVM.", mixinStandardHelpOptions = true, version = "augserve 0.1.0", subcommands = {
        Quickstart.class, CommandLine.HelpCommand.class})
public final class Augserve {
    private Augserve() {}

    /** Runs a sub-command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a sub-command. */
    public static int run(String... args) {
        CommandLine line = new CommandLine(new Augserve());
        line.setUsageHelpWidth(80);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("augserve: " + describe(e));
            return e instanceof BadInputException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        line.setParameterExceptionHandler((e, given) -> {
            e.getCommandLine().getErr().println("augserve: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        return args.length == 0 ? usage(line) : line.execute(args);
    }

    private static int usage(CommandLine line) {
        line.usage(System.err);
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }
}
