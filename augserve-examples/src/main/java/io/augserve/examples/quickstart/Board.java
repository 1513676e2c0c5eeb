package io.augserve.examples.quickstart;

import io.augserve.examples.console.Terminal;
import io.augserve.request.GenerationEvent;
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
    static Board create(PrintWriter out, List<String> prompts) {
        return Terminal.isInteractive() ? new LiveBoard(out, prompts) : new PlainBoard(out, prompts.size());
    }
}
