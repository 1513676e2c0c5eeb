package io.augserve.request;

import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.util.List;

/**
 * One service segment: what the model said between two pauses, and the calls that ended it.
 *
 * @param text the visible text, without tool-call markup
 * @param calls in the order the model made them; empty in the last segment unless the caller runs them
 * @param results as many as {@code calls} in the same order, or none if the generation ended while they were out or the caller runs them
 * @param outputTokens sampled in this segment
 */
public record SegmentResult(String text, List<ToolCall> calls, List<ToolResult> results, int outputTokens) {
    /** Copies the lists. */
    public SegmentResult {
        calls = List.copyOf(calls);
        results = List.copyOf(results);
    }
}
