package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.request.ServiceLevel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One scripted request: how long its prompt is, where it calls tools, how long they take and what they return. Only
 * lengths and times; there is no text.
 *
 * @param id its name within the trace
 * @param kind what it is a case of, the key of what a predictor learns, such as {@code chatbot}
 * @param session ties requests of one conversation together
 * @param arrivalSeconds when it arrived in the recording, from its beginning; at least 0
 * @param promptTokens at least 1
 * @param segments at least one; every one but the last ends with a call, the last one ends the request
 * @param objective its own objective; the run's if there is none
 * @param priority higher goes first where the scheduler heeds it; 0 is normal
 */
public record TraceRequest(String id, String kind, Optional<String> session, OptionalDouble arrivalSeconds,
        int promptTokens, List<TraceSegment> segments, Optional<ServiceLevel> objective, int priority) {
    /**
     * @throws IllegalArgumentException if a field is out of its range; the message names the request and the field
     */
    public TraceRequest {
        Require.notBlank("id", id);
        Require.notBlank("request " + id + ", kind", kind);
        requireNonNull(session, "session");
        if (arrivalSeconds.isPresent()) {
            Require.notNegative("request " + id + ", arrivalSeconds", arrivalSeconds.getAsDouble());
        }
        Require.atLeast("request " + id + ", promptTokens", promptTokens, 1);
        segments = List.copyOf(segments);
        requireOneEnd(id, segments);
        requireSafeTotal(id, promptTokens, segments);
        requireNonNull(objective, "objective");
    }

    /** A request without session, arrival and objective of its own, at normal priority. */
    public static TraceRequest of(String id, String kind, int promptTokens, List<TraceSegment> segments) {
        return new TraceRequest(id, kind, Optional.empty(), OptionalDouble.empty(), promptTokens, segments,
                Optional.empty(), 0);
    }

    /** Number of tool calls. */
    public int calls() {
        return segments.size() - 1;
    }

    /** Generated tokens over all segments. */
    public int outputTokens() {
        return segments.stream().mapToInt(TraceSegment::outputTokens).sum();
    }

    /** Prompt, generated and returned tokens: the context at the end, and the longest that it gets. */
    public int finalContext() {
        return promptTokens + outputTokens() + segments.stream().mapToInt(TraceSegment::returnedTokens).sum();
    }

    /** Seconds in tools over all calls. */
    public double toolSeconds() {
        return segments.stream().mapToDouble(TraceSegment::toolSeconds).sum();
    }

    private static void requireOneEnd(String id, List<TraceSegment> segments) {
        Require.atLeast("request " + id + ", number of segments", segments.size(), 1);
        for (int i = 0; i < segments.size(); i++) {
            boolean last = i == segments.size() - 1;
            if (last == segments.get(i).call().isPresent()) {
                throw new IllegalArgumentException("request " + id + ", segments[" + i + "]: expected "
                        + (last ? "no call, since it is the last one" : "a call, since it is not the last one"));
            }
        }
    }

    // Totals are ints.
    private static void requireSafeTotal(String id, int promptTokens, List<TraceSegment> segments) {
        long tokens = promptTokens;
        for (TraceSegment segment : segments) {
            tokens += (long) segment.outputTokens() + segment.returnedTokens();
        }
        if (tokens > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("request " + id + ": expected at most " + Integer.MAX_VALUE
                    + " tokens in all, got " + tokens);
        }
    }
}
