package io.augserve.schedule;

/** A request written down. */
record TestRequest(long id, RequestState state, int knownTokens, int computedTokens) implements PlainView {
    static TestRequest running(long id, int known, int computed) {
        return new TestRequest(id, RequestState.RUNNING, known, computed);
    }

    static TestRequest waiting(long id, int known) {
        return new TestRequest(id, RequestState.WAITING, known, 0);
    }

    static TestRequest paused(long id, int known) {
        return new TestRequest(id, RequestState.PAUSED, known, known);
    }
}
