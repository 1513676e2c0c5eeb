package io.augserve.examples.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.augserve.AugServe;
import io.augserve.request.GenerationRequest;
import io.augserve.request.RequestRejectedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One model on one server, as both of the framework's interfaces use it. */
final class ServedModel {
    /** The handle of what never started. */
    private static final StreamingHandle REFUSED = new StreamingHandle() {
        @Override
        public void cancel() {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    private final AugServe server;
    private final RequestTranslator translator;
    private final ChatRequestParameters defaults;
    private final List<ChatModelListener> listeners;
    private final Optional<Duration> timeout;

    ServedModel(AugServe server, RequestTranslator translator, ChatRequestParameters defaults,
            List<ChatModelListener> listeners, Optional<Duration> timeout) {
        this.server = server;
        this.translator = translator;
        this.defaults = AugServeChatRequestParameters.builder().modelName(translator.modelName()).overrideWith(defaults)
                .build();
        this.listeners = listeners;
        this.timeout = timeout;
        translator.check(this.defaults);
    }

    /**
     * Submits a request that has its defaults.
     *
     * @throws LangChain4jException if it is refused
     */
    RunningChat start(ChatRequest request) {
        return submit(translator.translate(request));
    }

    /**
     * Submits a request and reads its events into a handler, which is also told if the server refuses it.
     *
     * @throws LangChain4jException if the request makes no sense to the adapter
     */
    StreamingHandle stream(ChatRequest request, StreamingChatResponseHandler handler) {
        GenerationRequest translated = translator.translate(request);
        try {
            RunningChat chat = submit(translated);
            chat.events().subscribe(new HandlerFeeder(chat, handler));
            return chat;
        } catch (LangChain4jException e) {
            // Not on the caller's thread: a handler that asks again at once must not find itself on the stack.
            Thread.ofVirtual().start(() -> HandlerFeeder.tellFailure(handler, e));
            return REFUSED;
        }
    }

    private RunningChat submit(GenerationRequest request) {
        try {
            return new RunningChat(server.submit(request), translator.modelName(), timeout);
        } catch (RequestRejectedException e) {
            throw Failures.of(e);
        }
    }

    ChatRequestParameters defaults() {
        return defaults;
    }

    List<ChatModelListener> listeners() {
        return listeners;
    }

    Set<Capability> capabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
