package io.augserve.examples.quickstart;

import io.augserve.request.GenerationEvent;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/** Shows how requests get on while they run. Thread-safe. */
interface Board extends AutoCloseable {
    /** Something happened to a request. */
    void show(int number, GenerationEvent event);

    /** A request failed. */
    void failed(int number);

    /** Nothing more will happen. */
    @Override
    void close();

    /** Lines that move on a terminal, one plain line for each end elsewhere. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where there is no terminal
    static Board create(PrintWriter out, List<String> prompts) {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return terminal ? new LiveBoard(out, prompts) : new PlainBoard(out, prompts.size());
    }
}
