package io.augserve.examples.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import io.augserve.AugServe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What both models are made from.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ModelBuilder<B extends ModelBuilder<B>>
        permits
        AugServeChatModel.Builder,
        AugServeStreamingChatModel.Builder {
    private final AugServe server;
    private String modelName;
    private ChatRequestParameters defaults = DefaultChatRequestParameters.EMPTY;
    private List<ChatModelListener> listeners = List.of();
    private Optional<Duration> timeout = Optional.empty();
    private boolean strictTools;

    ModelBuilder(AugServe server) {
        this.server = requireNonNull(server, "server");
        this.modelName = server.engineSpec().model();
    }

    /** The name that responses carry, and the only one that requests may ask for. Default: the engine's. */
    public B modelName(String value) {
        modelName = requireNonNull(value, "modelName");
        return self();
    }

    /**
     * What requests that leave something open get; {@link AugServeChatRequestParameters} for what only AugServe has. What stays open is
     * as the engine has it.
     */
    public B defaultRequestParameters(ChatRequestParameters value) {
        defaults = requireNonNull(value, "defaultRequestParameters");
        return self();
    }

    /** Default: none. */
    public B listeners(ChatModelListener... value) {
        listeners = List.of(value);
        return self();
    }

    /**
     * How long one request may take before it is cancelled; positive. Default: for ever.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public B timeout(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout: expected > 0, got " + value);
        }
        timeout = Optional.of(value);
        return self();
    }

    /**
     * Whether tools that do not say so themselves ({@code ToolSpecification.strict()}) are called with arguments that follow their schema,
     * because the engine samples nothing else. Default false.
     */
    public B strictTools(boolean value) {
        strictTools = value;
        return self();
    }

    final ServedModel served() {
        return new ServedModel(server,
                new RequestTranslator(modelName, server.engineSpec().defaultSampling(), strictTools),
                defaults, listeners, timeout);
    }

    @SuppressWarnings("unchecked")
    private B self() {
        return (B) this;
    }
}
