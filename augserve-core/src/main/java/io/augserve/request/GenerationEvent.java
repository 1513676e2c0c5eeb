package io.augserve.request;

import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.time.Duration;
import java.util.List;

/** What a subscriber sees, in order; {@link Done} is the last one of a generation that did not fail. */
public sealed interface GenerationEvent {
    /**
     * More output. The texts of all pieces of a segment concatenate to the segment's text; a piece may carry tokens without
     * text (markup, half a character) or text that was held back.
     *
     * @param segment index of the service segment, from 0
     * @param text visible text, whole characters only
     * @param tokens the tokens sampled since the last piece
     */
    record TextPiece(int segment, String text, List<OutputToken> tokens) implements GenerationEvent {
        /** Copies the list. */
        public TextPiece {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A call was handed to its tool.
     *
     * @param segment index of the service segment that made the call
     * @param call what the model wrote
     */
    record ToolCallStarted(int segment, ToolCall call) implements GenerationEvent {}

    /**
     * A call came back, failed or timed out.
     *
     * @param segment index of the service segment that made the call
     * @param call what the model wrote
     * @param result what the model will read
     * @param duration since the call started
     */
    record ToolCallFinished(int segment, ToolCall call, ToolResult result, Duration duration)
            implements
                GenerationEvent {}

    /**
     * The model ended a turn.
     *
     * @param segment index of the service segment
     * @param result its text and calls; the results are not there yet
     */
    record SegmentFinished(int segment, SegmentResult result) implements GenerationEvent {}

    /**
     * The end.
     *
     * @param result the same as {@link Generation#result()}
     */
    record Done(GenerationResult result) implements GenerationEvent {}
}
