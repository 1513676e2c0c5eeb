package io.augserve.examples.soak;

import io.augserve.request.GenerationEvent;
import io.augserve.request.OutputToken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Reads the events of one request, as its {@link Fate} says, and checks that they are the result. */
final class Reader implements Flow.Subscriber<GenerationEvent> {
    private static final long SLOW_MILLIS = 3;
    private static final int FEW = 3;

    private final String request;
    private final Fate fate;
    private final Tally tally;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final List<OutputToken> tokens = new ArrayList<>();
    private boolean done;

    Reader(String request, Fate fate, Tally tally) {
        this.request = request;
        this.fate = fate;
        this.tally = tally;
    }

    /** Completed when the stream has ended, in whatever way. */
    CompletableFuture<Void> end() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(fate == Fate.STOPS_READING ? FEW : Long.MAX_VALUE);
    }

    @Override
    public void onNext(GenerationEvent event) {
        if (done) {
            tally.violation(request + ": an event after the last one");
        }
        switch (event) {
            case GenerationEvent.TextPiece piece -> tokens.addAll(piece.tokens());
            case GenerationEvent.Done last -> {
                done = true;
                if (fate.readsAll() && !tokens.equals(last.result().tokens())) {
                    tally.violation(request + ": the stream had other tokens than the result");
                }
            }
            default -> {
                // Calls and segments are not checked here.
            }
        }
        if (fate == Fate.READS_SLOWLY) {
            try {
                Thread.sleep(SLOW_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.complete(null);
    }

    @Override
    public void onComplete() {
        if (!done) {
            tally.violation(request + ": the stream ended without its last event");
        }
        end.complete(null);
    }
}
