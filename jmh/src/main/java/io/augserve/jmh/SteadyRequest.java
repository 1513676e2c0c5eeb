package io.augserve.jmh;

import io.augserve.predict.SegmentEstimate;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import java.util.List;

/** A request of a {@link SteadyServer}, which alone changes it. */
final class SteadyRequest implements RequestView {
    /** What it is a case of; schedulers and predictors may keep statistics by it. */
    private static final List<String> KINDS = List.of("math", "qa", "ve", "chatbot", "image", "tts");

    private final long id;
    private final long arrivalNanos;
    private final int prompt;
    RequestState state = RequestState.WAITING;
    long stateSinceNanos;
    /** Where it stands in its queue; see {@link SteadyQueue}. */
    long place;
    int known;
    int computed;
    int output;
    int segment;
    int segmentOutput;
    /** Tokens that the segment will sample. */
    int segmentLength;
    /** Calls that are still to come. */
    int calls;
    int preemptions;
    SegmentEstimate estimate = SegmentEstimate.UNKNOWN;

    SteadyRequest(long id, long arrivalNanos, int prompt) {
        this.id = id;
        this.arrivalNanos = arrivalNanos;
        this.stateSinceNanos = arrivalNanos;
        this.prompt = prompt;
        this.known = prompt;
    }

    void enter(RequestState next, long now) {
        state = next;
        stateSinceNanos = now;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public RequestState state() {
        return state;
    }

    @Override
    public long arrivalNanos() {
        return arrivalNanos;
    }

    @Override
    public long stateSinceNanos() {
        return stateSinceNanos;
    }

    @Override
    public long toolNanos() {
        return 0;
    }

    @Override
    public int outputTokensOf(int segment) {
        return segmentOutputTokens();
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public ServiceLevel serviceLevel() {
        return ServiceLevel.DEFAULT;
    }

    @Override
    public int knownTokens() {
        return known;
    }

    @Override
    public int computedTokens() {
        return computed;
    }

    @Override
    public int outputTokens() {
        return output;
    }

    @Override
    public SegmentEstimate estimate() {
        return estimate;
    }

    @Override
    public int preemptions() {
        return preemptions;
    }

    @Override
    public String name() {
        return "request-" + id;
    }

    @Override
    public String kind() {
        return KINDS.get((int) (id % KINDS.size()));
    }

    @Override
    public int promptTokens() {
        return prompt;
    }

    @Override
    public int segment() {
        return segment;
    }

    @Override
    public int segmentOutputTokens() {
        return segmentOutput;
    }

    @Override
    public List<String> toolsOut() {
        return state == RequestState.PAUSED ? List.of("tool") : List.of();
    }
}
