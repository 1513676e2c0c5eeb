package io.augserve.schedule;

import io.augserve.request.ServiceLevel;

/** A request written down. */
record TestRequest(long id, RequestState state, int knownTokens, int computedTokens) implements RequestView {
    static TestRequest running(long id, int known, int computed) {
        return new TestRequest(id, RequestState.RUNNING, known, computed);
    }

    static TestRequest waiting(long id, int known) {
        return new TestRequest(id, RequestState.WAITING, known, 0);
    }

    static TestRequest paused(long id, int known) {
        return new TestRequest(id, RequestState.PAUSED, known, known);
    }

    @Override
    public long arrivalNanos() {
        return id;
    }

    @Override
    public long stateSinceNanos() {
        return id;
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
    public int outputTokens() {
        return 0;
    }

    @Override
    public int segment() {
        return 0;
    }

    @Override
    public int preemptions() {
        return 0;
    }
}
