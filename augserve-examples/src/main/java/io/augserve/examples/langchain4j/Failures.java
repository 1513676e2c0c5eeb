package io.augserve.examples.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.RequestRejectedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong, in the framework's words. */
final class Failures {
    private Failures() {}

    static RuntimeException of(Throwable failure) {
        return switch (failure) {
            case CompletionException e when e.getCause() != null -> of(e.getCause());
            case ExecutionException e when e.getCause() != null -> of(e.getCause());
            case LangChain4jException e -> e;
            case CancellationException e -> e;
            case RequestRejectedException e -> rejected(e);
            // Under overload a request may be refused after it was accepted.
            case GenerationFailedException e when e.getCause() instanceof RequestRejectedException cause ->
                rejected(cause);
            default -> new InternalServerException(failure);
        };
    }

    private static LangChain4jException rejected(RequestRejectedException e) {
        return switch (e.reason()) {
            case QUEUE_FULL, OVERLOADED -> new RateLimitException(
                    e.getMessage() + e.retryAfter().map(after -> "; retry after " + after).orElse(""), e);
            case PROMPT_TOO_LONG, INVALID, DUPLICATE_ID -> new InvalidRequestException(e);
            case CLOSED -> new InternalServerException(e);
        };
    }
}
