package io.augserve.request;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The handle of a submitted request. Thread-safe. */
public interface Generation {
    /** The request's id. */
    String id();

    /**
     * The events from the first one on, whenever the subscription comes. One subscriber; a second one gets an
     * {@link IllegalStateException} through {@code onError}. Cancelling the subscription cancels the generation. A failure
     * arrives as {@link GenerationFailedException} through {@code onError}.
     */
    Flow.Publisher<GenerationEvent> events();

    /**
     * Completed once, exceptionally with a {@link GenerationFailedException} if the engine failed. A cancelled generation
     * completes normally with {@link FinishReason#CANCELLED} and the text so far.
     */
    CompletionStage<GenerationResult> result();

    /** Ends the generation soon, in whatever state it is, before the first token too; does nothing once it has ended. */
    void cancel();

    /**
     * Waits for the result.
     *
     * @throws java.util.concurrent.CompletionException with a {@link GenerationFailedException} as its cause
     */
    default GenerationResult join() {
        return result().toCompletableFuture().join();
    }
}
