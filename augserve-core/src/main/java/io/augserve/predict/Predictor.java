package io.augserve.predict;

/**
 * Estimates segments, and may learn from how they end. Called by the serving loop, on its thread, at most a few times in a segment: it
 * has to be quick and may keep state without locks. If it throws, the request keeps the estimate that it had.
 */
public interface Predictor {
    /**
     * Estimates the current segment: when the request arrives, when its tools have been called (then their names are known), and
     * when they have returned.
     */
    SegmentEstimate estimate(RequestFacts request);

    /** A segment has ended, by calls or for good. */
    default void segmentEnded(RequestFacts request, boolean calls) {}

    /** All tools of a segment have returned. */
    default void toolsReturned(RequestFacts request, double seconds, int returnedTokens) {}

    /** Running statistics by kind and by tool; see {@link OnlinePredictor}. */
    static Predictor online() {
        return new OnlinePredictor();
    }
}
