package io.augserve.examples.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.augserve.AugServe;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A {@link ChatModel} on a server in this JVM. Thread-safe; calls from many threads are batched by the server. It does not own the server.
 *
 * <p>Failures are LangChain4j's: a full server is a {@code RateLimitException}, a request that it can never serve an
 * {@code InvalidRequestException}, an option that the adapter does not know an {@code UnsupportedFeatureException}, a passed
 * {@link ModelBuilder#timeout} a {@code TimeoutException}, anything else an {@code InternalServerException}. Nothing is retried.
 */
public final class AugServeChatModel implements ChatModel {
    private final ServedModel model;

    private AugServeChatModel(ServedModel model) {
        this.model = model;
    }

    /** Starts a model's description. */
    public static Builder builder(AugServe server) {
        return new Builder(server);
    }

    /** Blocks until the answer is there. A caller that is interrupted cancels its request. */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        RunningChat chat = model.start(request);
        try {
            return chat.response().get();
        } catch (InterruptedException e) {
            chat.cancel();
            Thread.currentThread().interrupt();
            throw new LangChain4jException("interrupted while waiting for the answer", e);
        } catch (ExecutionException e) {
            throw Failures.of(e);
        }
    }

    /** No thread waits; cancelling the future cancels the request, before its first token too. */
    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        RunningChat chat = model.start(request);
        CompletableFuture<ChatResponse> response = chat.response();
        CompletableFuture<ChatResponse> _ = response.whenComplete((answer, failure) -> {
            if (response.isCancelled()) {
                chat.cancel();
            }
        });
        return response;
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return model.listeners();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return model.capabilities();
    }

    /** Sets what differs from the defaults. */
    public static final class Builder extends ModelBuilder<Builder> {
        private Builder(AugServe server) {
            super(server);
        }

        /**
         * The model.
         *
         * @throws dev.langchain4j.exception.UnsupportedFeatureException if a default asks for what the adapter does not know
         * @throws dev.langchain4j.exception.InvalidRequestException if a default is out of its range
         */
        public AugServeChatModel build() {
            return new AugServeChatModel(served());
        }
    }
}
