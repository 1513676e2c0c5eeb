package io.augserve.predict;

import java.util.List;

/** What a predictor may know of a request. Live: read it during a call, keep no reference. */
public interface RequestFacts {
    /** Unique, ascending in the order of arrival. */
    long id();

    /** The request's id as the caller knows it. */
    String name();

    /** What the caller said the request is a case of; empty if nothing. */
    String kind();

    /** Tokens of the prompt. */
    int promptTokens();

    /** Prompt, sampled tokens and tool results. */
    int knownTokens();

    /** Tokens sampled so far, over all segments. */
    int outputTokens();

    /**
     * Index of the service segment, from 0; while tools are out, that of the segment that called them. A request that follows a parked turn
     * goes on counting where that stopped.
     */
    int segment();

    /** Tokens sampled so far in that segment. */
    int segmentOutputTokens();

    /**
     * Tokens sampled in a segment.
     *
     * @param segment from 0 to the present one
     */
    int outputTokensOf(int segment);

    /** Tokens that tools have returned so far, over all segments. */
    default int givenTokens() {
        return knownTokens() - promptTokens() - outputTokens();
    }

    /** Names of the tools that are out; empty unless the request is paused. */
    List<String> toolsOut();
}
