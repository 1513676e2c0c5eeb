package io.augserve.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import java.util.List;
import java.util.stream.Collectors;

/** From results to the framework's responses. */
final class Answers {
    private Answers() {}

    static ChatResponse of(GenerationResult result, String modelName) {
        List<ToolExecutionRequest> calls = calls(result);
        // All segments: the server itself answers calls that cannot be read, and what was said before has been streamed already.
        String text = result.segments().stream().map(SegmentResult::text).collect(Collectors.joining());
        AiMessage.Builder message = AiMessage.builder().toolExecutionRequests(calls);
        if (!text.isEmpty() || calls.isEmpty()) {
            message.text(text);
        }
        return ChatResponse.builder().aiMessage(message.build()).id(result.id()).modelName(modelName)
                .tokenUsage(AugServeTokenUsage.of(result.usage())).finishReason(finishReason(result)).build();
    }

    /**
     * The calls that the caller runs. Their ids are those of the server with the request's in front, so that no two turns of a
     * conversation share one. Calls that cannot be read have no name and are left out: no tool could answer them.
     */
    private static List<ToolExecutionRequest> calls(GenerationResult result) {
        if (result.finishReason() != io.augserve.request.FinishReason.TOOL_CALLS) {
            return List.of();
        }
        return result.segments().getLast().calls().stream().filter(call -> !call.name().isEmpty())
                .map(call -> ToolExecutionRequest.builder().id(result.id() + "-" + call.id()).name(call.name())
                        .arguments(call.arguments()).build())
                .toList();
    }

    private static FinishReason finishReason(GenerationResult result) {
        return switch (result.finishReason()) {
            case STOP -> FinishReason.STOP;
            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            case LENGTH -> FinishReason.LENGTH;
            case CANCELLED, FAILED -> FinishReason.OTHER;
        };
    }
}
