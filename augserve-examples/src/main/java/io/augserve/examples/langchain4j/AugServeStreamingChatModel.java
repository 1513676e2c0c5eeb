package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.augserve.AugServe;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;

/**
 * A {@link StreamingChatModel} on a server in this JVM, with the framework's handler and publisher forms and a {@link #start handle} that
 * cancels before the first token. Thread-safe; it does not own the server. Failures are those of {@link AugServeChatModel}.
 *
 * <p>Handlers and subscribers are called on virtual threads, one call at a time. One that is slow holds up its own request and no other.
 * A tool call comes whole: one partial call with all of its arguments, then the complete one, when the turn has ended.
 */
public final class AugServeStreamingChatModel implements StreamingChatModel {
    private final ServedModel model;

    private AugServeStreamingChatModel(ServedModel model) {
        this.model = model;
    }

    /** Starts a model's description. */
    public static Builder builder(AugServe server) {
        return new Builder(server);
    }

    /**
     * As {@link #chat(ChatRequest, StreamingChatResponseHandler)}, and hands out at once what otherwise comes with the first partial
     * response. Once it is cancelled the handler hears nothing more.
     */
    public StreamingHandle start(ChatRequest request, StreamingChatResponseHandler handler) {
        OneCall call = new OneCall(model);
        call.chat(request, handler);
        return call.started.orElseThrow();
    }

    /**
     * Returns at once. What the server refuses comes through {@code onError}, as every failure does.
     *
     * @throws dev.langchain4j.exception.LangChain4jException if the request makes no sense to the adapter
     */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        StreamingHandle _ = model.stream(request, handler);
    }

    /** Each subscription is a request of its own; its cancellation cancels the request, before the first token too. */
    @Override
    public Flow.Publisher<ChatModelStreamingEvent> doChat(ChatRequest request) {
        return new ChatPublisher(() -> model.start(request));
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

    /** The framework's call returns nothing, so the handle of one call is kept by a model of its own. */
    private static final class OneCall implements StreamingChatModel {
        private final ServedModel model;
        private Optional<StreamingHandle> started = Optional.empty();

        OneCall(ServedModel model) {
            this.model = model;
        }

        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            started = Optional.of(model.stream(request, handler));
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return model.defaults();
        }

        @Override
        public List<ChatModelListener> listeners() {
            return model.listeners();
        }
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
        public AugServeStreamingChatModel build() {
            return new AugServeStreamingChatModel(served());
        }
    }
}
