package io.augserve.serving;

import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** The caller's side of a request. */
final class GenerationHandle implements Generation {
    /** Of a request that nobody waits for. */
    static final GenerationHandle NOBODYS = new GenerationHandle("", Runnable::run, 1, () -> {}, () -> {});

    private final String id;
    private final Runnable canceller;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final EventStream events;
    private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
    private final Executor executor;

    /**
     * @param maxBufferedEvents events that wait for the reader before the request does
     * @param canceller called at most once
     * @param onRoom called when a reader for whom the request waits has caught up
     */
    GenerationHandle(String id, Executor executor, int maxBufferedEvents, Runnable canceller, Runnable onRoom) {
        this.id = id;
        this.canceller = canceller;
        this.executor = executor;
        this.events = new EventStream(executor, maxBufferedEvents, this::cancel, onRoom);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public EventStream events() {
        return events;
    }

    @Override
    public CompletionStage<GenerationResult> result() {
        return result.minimalCompletionStage();
    }

    @Override
    public void cancel() {
        if (!cancelled.getAndSet(true)) {
            canceller.run();
        }
    }

    /** The end of a generation that did not fail. */
    void complete(GenerationResult value) {
        events.offer(new GenerationEvent.Done(value));
        events.complete();
        deliver(() -> result.complete(value));
    }

    /** The end of one that did. */
    void fail(GenerationFailedException failure) {
        events.fail(failure);
        deliver(() -> result.completeExceptionally(failure));
    }

    /** Dependents of the result are user code, so they must not run on the loop; if nothing else is left they still must run. */
    private void deliver(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RuntimeException rejected) {
            completion.run();
        }
    }
}
