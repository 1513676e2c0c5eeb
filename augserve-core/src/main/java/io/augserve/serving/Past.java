package io.augserve.serving;

import io.augserve.request.SegmentResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request's program did in the turns before it, as far as estimates and policies go by it.
 *
 * @param program number of the program: the id of its first request
 * @param arrivalNanos when that was submitted, on the server's ticker
 * @param outputs tokens sampled in each segment of those turns
 * @param given tokens that tools returned in and between them
 */
record Past(long program, long arrivalNanos, List<Integer> outputs, int given) {
    /** A request that follows nothing. */
    static Past none(long id, long arrivalNanos) {
        return new Past(id, arrivalNanos, List.of(), 0);
    }

    /** A turn later. */
    Past then(List<SegmentResult> segments, int moreGiven) {
        List<Integer> all = new ArrayList<>(outputs);
        segments.forEach(segment -> all.add(segment.outputTokens()));
        return new Past(program, arrivalNanos, all, given + moreGiven);
    }
}
