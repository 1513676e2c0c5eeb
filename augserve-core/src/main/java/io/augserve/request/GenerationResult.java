package io.augserve.request;

import java.util.List;

/**
 * How a generation ended.
 *
 * @param id of the request
 * @param text the visible text of the last segment: the answer
 * @param finishReason why it ended
 * @param segments all service segments in order, at least one
 * @param tokens every sampled token in order
 * @param usage token counts
 * @param timing durations
 */
public record GenerationResult(String id, String text, FinishReason finishReason, List<SegmentResult> segments,
        List<OutputToken> tokens, Usage usage, Timing timing) {
    /** Copies the lists. */
    public GenerationResult {
        segments = List.copyOf(segments);
        tokens = List.copyOf(tokens);
    }

    /** Number of tool calls over all segments. */
    public int toolCalls() {
        return segments.stream().mapToInt(segment -> segment.calls().size()).sum();
    }

    /** Whether both clauses of the objective held; a generation without a token meets none. */
    public boolean meets(ServiceLevel level) {
        if (usage.outputTokens() == 0) {
            return false;
        }
        var perToken = timing.total().minus(timing.tools()).dividedBy(usage.outputTokens());
        return timing.timeToFirstToken().compareTo(level.timeToFirstToken()) <= 0
                && perToken.compareTo(level.normalizedLatency()) <= 0;
    }
}
