package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.request.ServiceLevel;
import io.augserve.simulation.TraceCall;
import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.TraceSegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads a trace file: one JSON object a line, blank lines ignored.
 *
 * <pre>{@code
 * {"id": ..., "type" or "kind": ..., "prompt_tokens": ..., "segments": [
 *    {"output_tokens": ..., "tool_s": ..., "returned_tokens": ..., "tool": ...}, ... , {"output_tokens": ...}],
 *  "arrival_s": ..., "session": ..., "priority": ..., "slo_ttft_s": ..., "slo_norm_s": ...}
 * }</pre>
 *
 * Every segment but the last ends with a call. A call that ends the last segment is left out: nothing is generated after it, so the
 * request is over with its last token, and what the call says is not looked at. The tool of a call is its {@code tool}, or else the segment's {@code kind} (tau-bench and
 * API-Bank tell a person's reply from a tool's this way), or else has no name.
 */
final class TraceReader {
    private static final double MAX_SECONDS = 1e9;

    private final String file;
    private final OptionalDouble toolSeconds;

    TraceReader(String file, OptionalDouble toolSeconds) {
        this.file = file;
        this.toolSeconds = toolSeconds;
    }

    Trace read() {
        List<String> lines = InputFile.lines("--trace", file, "one JSON object a line, or builtin:NAME");
        List<TraceRequest> requests = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String place = file + ", line " + (i + 1);
                requests.add(request(JsonFields.parse(place, lines.get(i))));
                places.add(place);
            }
        }
        if (requests.isEmpty()) {
            throw new BadInputException("--trace " + file + ": expected at least one request, got an empty file");
        }
        return new Trace(String.valueOf(Path.of(file).getFileName()), requests, places);
    }

    private TraceRequest request(JsonFields fields) {
        String id = fields.requiredText("id");
        String kind = fields.text("type").or(() -> fields.text("kind"))
                .orElseThrow(() -> fields.bad("type", "a text, here or in kind"));
        List<JsonFields> parts = fields.children("segments");
        List<TraceSegment> segments = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            segments.add(segment(parts.get(i), i == parts.size() - 1));
        }
        try {
            return new TraceRequest(id, kind, fields.text("session"), fields.number("arrival_s", 0, MAX_SECONDS),
                    fields.requiredCount("prompt_tokens", 1), segments, objective(fields),
                    fields.count("priority", Integer.MIN_VALUE, 0));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(fields.place() + ": " + e.getMessage());
        }
    }

    private TraceSegment segment(JsonFields fields, boolean last) {
        int output = fields.requiredCount("output_tokens", 1);
        if (last) {
            return TraceSegment.last(output);
        }
        int returned = fields.count("returned_tokens", 0, 0);
        OptionalDouble recorded = fields.number("tool_s", 0, MAX_SECONDS);
        Optional<String> tool = fields.text("tool").or(() -> fields.text("kind"));
        if (recorded.isEmpty() && toolSeconds.isEmpty()) {
            throw fields.bad("tool_s", "the seconds of the call (--tool-seconds S sets them for all that have none)");
        }
        double seconds = recorded.orElseGet(toolSeconds::getAsDouble);
        return new TraceSegment(output, Optional.of(new TraceCall(tool, seconds, returned)));
    }

    private static Optional<ServiceLevel> objective(JsonFields fields) {
        boolean firstToken = fields.has("slo_ttft_s");
        if (!firstToken && !fields.has("slo_norm_s")) {
            return Optional.empty();
        }
        return Optional.of(new ServiceLevel(
                Seconds.duration(fields.requiredNumber("slo_ttft_s", Seconds.LEAST, MAX_SECONDS)),
                Seconds.duration(fields.requiredNumber("slo_norm_s", Seconds.LEAST, MAX_SECONDS))));
    }
}
