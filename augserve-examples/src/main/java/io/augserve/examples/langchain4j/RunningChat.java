package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request on its way, and why it was cancelled if it was. Thread-safe. */
final class RunningChat implements StreamingHandle {
    private final Generation generation;
    private final String modelName;
    private final Optional<Duration> timeout;
    private volatile boolean cancelled;
    private volatile boolean late;

    RunningChat(Generation generation, String modelName, Optional<Duration> timeout) {
        this.generation = generation;
        this.modelName = modelName;
        this.timeout = timeout;
        timeout.ifPresent(this::watch);
    }

    private void watch(Duration limit) {
        // A copy of the result, so that its lateness is its own; its timer goes with it.
        CompletableFuture<GenerationResult> _ = generation.result().toCompletableFuture()
                .orTimeout(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS)
                .whenComplete((result, failure) -> {
                    if (failure instanceof TimeoutException) {
                        late = true;
                        generation.cancel();
                    }
                });
    }

    /** A future of its own; it fails with the framework's exceptions. */
    CompletableFuture<ChatResponse> response() {
        return generation.result().toCompletableFuture().handle((result, failure) -> {
            if (failure != null) {
                throw Failures.of(failure);
            }
            return answer(result);
        });
    }

    /**
     * The answer of a generation that did not fail.
     *
     * @throws RuntimeException the framework's, if it was cancelled
     */
    ChatResponse answer(GenerationResult result) {
        if (result.finishReason() != FinishReason.CANCELLED) {
            return Answers.of(result, modelName);
        }
        if (cancelled) {
            throw new CancellationException("the request was cancelled");
        }
        throw late
                ? new dev.langchain4j.exception.TimeoutException("no answer within " + timeout.orElseThrow())
                : new dev.langchain4j.exception.InternalServerException("the server closed during the request");
    }

    /** The generation's events; can be read once. */
    Flow.Publisher<GenerationEvent> events() {
        return generation.events();
    }

    @Override
    public void cancel() {
        cancelled = true;
        generation.cancel();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }
}
