package io.augserve.examples.quickstart;

import io.augserve.request.GenerationEvent;
import java.io.PrintWriter;
import java.util.Locale;

/** One line for each request that ends. */
final class PlainBoard implements Board {
    private final PrintWriter out;
    private final int requests;
    private int ended;

    PlainBoard(PrintWriter out, int requests) {
        this.out = out;
        this.requests = requests;
    }

    @Override
    public synchronized void show(int number, GenerationEvent event) {
        if (event instanceof GenerationEvent.Done done) {
            out.printf(Locale.ROOT, "%d of %d: request %d ended (%s, %d tokens)%n", ++ended, requests, number,
                    done.result().finishReason().name().toLowerCase(Locale.ROOT),
                    done.result().usage().outputTokens());
            out.flush();
        }
    }

    @Override
    public synchronized void failed(int number) {
        out.printf(Locale.ROOT, "%d of %d: request %d failed%n", ++ended, requests, number);
        out.flush();
    }

    @Override
    public void close() {}
}
