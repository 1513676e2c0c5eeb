package io.augserve.examples.replay;

import io.augserve.simulation.TraceCall;
import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.TraceSegment;

/** Makes requests shorter or longer: lengths and times are multiplied, counts of calls and objectives stay. */
final class Scale {
    private Scale() {}

    /**
     * A request of another size. Lengths are rounded; what is generated or asked has at least one token.
     *
     * @param factor more than 0
     */
    static TraceRequest scaled(TraceRequest request, double factor) {
        return new TraceRequest(request.id(), request.kind(), request.session(), request.arrivalSeconds(),
                tokens(request.promptTokens(), factor, 1),
                request.segments().stream().map(segment -> scaled(segment, factor)).toList(), request.objective(),
                request.priority());
    }

    private static TraceSegment scaled(TraceSegment segment, double factor) {
        return new TraceSegment(tokens(segment.outputTokens(), factor, 1),
                segment.call().map(call -> new TraceCall(call.tool(), call.seconds() * factor,
                        tokens(call.returnedTokens(), factor, 0))));
    }

    private static int tokens(int count, double factor, int least) {
        return (int) Math.max(least, Math.min(Integer.MAX_VALUE, Math.round(count * factor)));
    }
}
