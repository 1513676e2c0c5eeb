package io.augserve.schedule;

import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.ServiceLevel;

/** What a scheduler may know of a request. Live: values change between plans, never during one. */
public interface RequestView extends RequestFacts {
    /** Unique, ascending in the order of arrival; the key into the KV cache. */
    @Override
    long id();

    /** The program that it is a part of: its own id, or that of the first of the turns that it follows. One request at a time is in it. */
    default long program() {
        return id();
    }

    /** When the first request of its program was submitted, on the server's ticker. */
    default long programArrivalNanos() {
        return arrivalNanos();
    }

    /**
     * Whether it is a turn that has ended in calls which its caller runs: paused, until a request follows it, which may never come. Its memory
     * goes before anybody is made to stop running for want of memory.
     */
    default boolean parked() {
        return false;
    }

    /** Where it stands. */
    RequestState state();

    /** When it was submitted, on the server's ticker. */
    long arrivalNanos();

    /** When it entered its present state, on the server's ticker. */
    long stateSinceNanos();

    /** Time that its tools have been out, pauses that are over only. */
    long toolNanos();

    /** Higher goes first where a scheduler heeds it. */
    int priority();

    /** Its objective. */
    ServiceLevel serviceLevel();

    /** Tokens whose keys and values are in the cache. */
    int computedTokens();

    /** Tokens that a step could compute now; 1 in steady decoding, 0 while paused. */
    default int uncomputedTokens() {
        return knownTokens() - computedTokens();
    }

    /**
     * Tokens at the front of a request without KV that are still in the cache, so that a grant can take them instead of computing them:
     * whole blocks, and at most all known tokens but one. 0 if it holds KV.
     */
    default int reusableTokens() {
        return 0;
    }

    /** What its predictor expects of the current segment: from arrival on, and anew when tools are called and when they return. */
    SegmentEstimate estimate();

    /** Times that it lost its KV under memory pressure. */
    int preemptions();
}
