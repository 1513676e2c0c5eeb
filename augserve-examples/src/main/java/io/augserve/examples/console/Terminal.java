package io.augserve.examples.console;

import java.io.Console;

/** Where standard output goes. */
public final class Terminal {
    private Terminal() {}

    /** Whether somebody sees lines move: a terminal that knows cursor movements, not a pipe or a file. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where there is no terminal
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }
}
