package io.augserve.simulation;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.request.OutputToken;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the requests of a workload say, in {@link ScriptTokens}: the token that follows depends on the known ones alone. Immutable.
 */
final class Scripts {
    /** The tool of a call to which the trace gives no name. */
    private static final String UNNAMED = "tool";

    private final List<TraceRequest> requests;
    private final List<String> tools;

    /**
     * A token and its place.
     *
     * @param request number of the request
     * @param place tokens of this segment up to this one
     * @param sample the token
     */
    record Next(int request, int place, Sample sample) {}

    /**
     * @param requests by number
     * @throws IllegalArgumentException if a request has more of something than a token can tell apart
     */
    Scripts(List<TraceRequest> requests) {
        this.requests = List.copyOf(requests);
        this.tools = toolNames(requests);
        requests.forEach(request -> ScriptTokens.requireFits(request, tools.size()));
    }

    static Scripts of(Workload workload) {
        return new Scripts(workload.submissions().stream().map(Workload.Submission::request).toList());
    }

    static String toolName(TraceCall call) {
        return call.tool().orElse(UNNAMED);
    }

    static List<String> toolNames(List<TraceRequest> requests) {
        TreeSet<String> names = new TreeSet<>();
        for (TraceRequest request : requests) {
            request.segments().forEach(segment -> segment.call().map(Scripts::toolName).ifPresent(names::add));
        }
        return List.copyOf(names);
    }

    /** Every token that ends a turn of some request. */
    Set<Integer> endTokens() {
        Set<Integer> ends = new HashSet<>();
        ends.add(ScriptTokens.STOP);
        int segments = requests.stream().mapToInt(request -> request.segments().size()).max().orElse(0);
        for (int segment = 0; segment < segments; segment++) {
            for (int tool = 0; tool < tools.size(); tool++) {
                ends.add(ScriptTokens.call(segment, tool));
            }
        }
        return ends;
    }

    ChatFormat format() {
        return new ScriptFormat(tools);
    }

    /** The token that follows the known ones of a sequence. */
    Next next(Sequence sequence) {
        int number = sequence.token(0);
        int last = sequence.token(sequence.length() - 1);
        int segment = ScriptTokens.segmentAfter(last);
        int place = ScriptTokens.placeAfter(last) + 1;
        TraceSegment script = requests.get(number).segments().get(segment);
        int token = ScriptTokens.output(segment, place);
        if (place == script.outputTokens()) {
            token = script.call().map(call -> ScriptTokens.call(segment, tools.indexOf(toolName(call))))
                    .orElse(ScriptTokens.STOP);
        }
        return new Next(number, place, new Sample.Token(new OutputToken(token, Float.NaN, List.of())));
    }
}
