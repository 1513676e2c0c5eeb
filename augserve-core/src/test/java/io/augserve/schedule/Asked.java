package io.augserve.schedule;

import io.augserve.predict.Outlook;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.ServiceLevel;
import java.time.Duration;

/** A request of a test, to be changed as it gets on; its objective is a second to the first token and 200 ms a token. */
final class Asked implements PlainView {
    private final long id;
    private final int known;
    private final double arrivalSeconds;
    RequestState state = RequestState.WAITING;
    int computed;
    int outputs;
    int priority;
    double stateSinceSeconds;
    boolean parked;
    long program;
    SegmentEstimate estimate = new SegmentEstimate(10, 0, 0, Outlook.NONE);

    Asked(long id, int known, double arrivalSeconds) {
        this.id = id;
        this.program = id;
        this.known = known;
        this.arrivalSeconds = arrivalSeconds;
    }

    Asked runs(int computedTokens) {
        state = RequestState.RUNNING;
        computed = computedTokens;
        return this;
    }

    Asked pauses(double now, double toolSeconds) {
        state = RequestState.PAUSED;
        computed = known;
        stateSinceSeconds = now;
        estimate = new SegmentEstimate(10, toolSeconds, 0, Outlook.NONE);
        return this;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long program() {
        return program;
    }

    @Override
    public boolean parked() {
        return parked;
    }

    @Override
    public RequestState state() {
        return state;
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
        return outputs;
    }

    @Override
    public long arrivalNanos() {
        return Math.round(arrivalSeconds * 1e9);
    }

    @Override
    public long stateSinceNanos() {
        return Math.round(stateSinceSeconds * 1e9);
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public SegmentEstimate estimate() {
        return estimate;
    }

    @Override
    public ServiceLevel serviceLevel() {
        return new ServiceLevel(Duration.ofSeconds(1), Duration.ofMillis(200));
    }

    @Override
    public String toString() {
        return "request " + id;
    }
}
