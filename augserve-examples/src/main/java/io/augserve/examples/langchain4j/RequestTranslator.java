package io.augserve.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import io.augserve.request.CallRule;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * From the framework's requests to the server's. The server's own tools are never used: a request brings all that it may call.
 *
 * @param modelName the only model there is
 * @param sampling what a request that leaves an option open gets
 * @param strictTools whether tools that do not say so themselves are called by their schema
 */
record RequestTranslator(String modelName, SamplingOptions sampling, boolean strictTools) {
    private static final String ANY_OBJECT = "{\"type\":\"object\"}";

    /**
     * The request, with the parameters as they are.
     *
     * @throws UnsupportedFeatureException if it asks for what the adapter does not know
     * @throws InvalidRequestException if a parameter is out of its range
     */
    GenerationRequest translate(ChatRequest request) {
        try {
            return with(request.parameters(), GenerationRequest.chat(Conversation.of(request.messages()))).build();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e);
        }
    }

    /** Throws what {@link #translate} would throw for these parameters. */
    void check(ChatRequestParameters parameters) {
        try {
            GenerationRequest _ = with(parameters, GenerationRequest.tokens(0)).build();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e);
        }
    }

    private GenerationRequest.Builder with(ChatRequestParameters parameters, GenerationRequest.Builder request) {
        if (!Objects.requireNonNullElse(parameters.modelName(), modelName).equals(modelName)) {
            throw new UnsupportedFeatureException("modelName '" + parameters.modelName()
                    + "' is not supported: this server has one model, '" + modelName + "'");
        }
        List<ToolSpecification> tools = parameters.toolChoice() == ToolChoice.NONE
                ? List.of()
                : parameters.toolSpecifications();
        request.tools().declare(tools.stream().map(RequestTranslator::spec).toArray(ToolSpec[]::new))
                .constraint(constraint(parameters, tools)).sampling(sampling(parameters));
        if (parameters instanceof AugServeChatRequestParameters own) {
            own.sessionKey().ifPresent(request::sessionKey);
            own.serviceLevel().ifPresent(request::serviceLevel);
            own.priority().ifPresent(request::priority);
        }
        return request;
    }

    private static ToolSpec spec(ToolSpecification tool) {
        return new ToolSpec(tool.name(), Objects.requireNonNullElse(tool.description(), ""),
                Schemas.ofArguments(tool));
    }

    private OutputConstraint constraint(ChatRequestParameters parameters, List<ToolSpecification> tools) {
        CallRule rule = CallRule.FREE;
        if (parameters.toolChoice() == ToolChoice.REQUIRED) {
            rule = tools.size() == 1 ? new CallRule.Named(tools.getFirst().name()) : CallRule.REQUIRED;
        }
        // The server holds all calls of a request to their schemas or none.
        boolean strict = tools.stream().anyMatch(tool -> Objects.requireNonNullElse(tool.strict(), strictTools));
        return new OutputConstraint(Optional.ofNullable(parameters.responseFormat()).flatMap(RequestTranslator::schema),
                rule, strict, true);
    }

    private static Optional<String> schema(ResponseFormat format) {
        return format.type() == ResponseFormatType.JSON
                ? Optional.of(Optional.ofNullable(format.jsonSchema()).map(JsonSchema::rootElement).map(Schemas::text)
                        .orElse(ANY_OBJECT))
                : Optional.empty();
    }

    private SamplingOptions sampling(ChatRequestParameters parameters) {
        SamplingOptions.Builder options = sampling.toBuilder();
        Optional.ofNullable(parameters.temperature()).ifPresent(options::temperature);
        Optional.ofNullable(parameters.topP()).ifPresent(options::topP);
        Optional.ofNullable(parameters.topK()).ifPresent(options::topK);
        Optional.ofNullable(parameters.frequencyPenalty()).ifPresent(options::frequencyPenalty);
        Optional.ofNullable(parameters.presencePenalty()).ifPresent(options::presencePenalty);
        Optional.ofNullable(parameters.maxOutputTokens()).ifPresent(options::maxTokens);
        if (!parameters.stopSequences().isEmpty()) {
            options.stopStrings(parameters.stopSequences().toArray(String[]::new));
        }
        if (parameters instanceof AugServeChatRequestParameters own) {
            own.seed().ifPresent(options::seed);
        }
        return options.build();
    }
}
