package io.augserve.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import io.augserve.request.GenerationEvent;
import java.util.ArrayList;
import java.util.List;

/** From a generation's events to the framework's. */
final class StreamedEvents {
    private StreamedEvents() {}

    /**
     * What the framework hears of one event; calls come with the end, for only then it is known that they are the caller's to run.
     *
     * @throws RuntimeException the framework's, if the generation was cancelled
     */
    static List<ChatModelStreamingEvent> of(GenerationEvent event, RunningChat chat) {
        return switch (event) {
            case GenerationEvent.TextPiece piece when !piece.text().isEmpty() ->
                List.of(new PartialResponse(piece.text()));
            case GenerationEvent.Done done -> end(chat.answer(done.result()));
            default -> List.of();
        };
    }

    private static List<ChatModelStreamingEvent> end(ChatResponse response) {
        List<ChatModelStreamingEvent> events = new ArrayList<>();
        List<ToolExecutionRequest> calls = response.aiMessage().toolExecutionRequests();
        for (int i = 0; i < calls.size(); i++) {
            ToolExecutionRequest call = calls.get(i);
            events.add(PartialToolCall.builder().index(i).id(call.id()).name(call.name())
                    .partialArguments(call.arguments()).build());
            events.add(new CompleteToolCall(i, call));
        }
        events.add(new CompleteResponse(response));
        return events;
    }
}
