package io.augserve.predict;

import static java.util.Objects.requireNonNull;

/**
 * What is expected of a service segment.
 *
 * @param outputTokens tokens that the segment will sample in all; at least 1
 * @param toolSeconds how long the tools that end it will be out; 0 if none is expected
 * @param returnedTokens tokens that they will return; 0 if none is expected
 * @param later what comes after this segment and its tools
 */
public record SegmentEstimate(double outputTokens, double toolSeconds, double returnedTokens, Outlook later) {
    /** What is assumed before anything is known: an answer of 64 tokens and no call. */
    public static final SegmentEstimate UNKNOWN = new SegmentEstimate(64, 0, 0);

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public SegmentEstimate {
        requireNonNull(later, "later");
        if (!(outputTokens >= 1) || !(toolSeconds >= 0) || !(returnedTokens >= 0)) {
            throw new IllegalArgumentException(
                    "expected outputTokens >= 1, toolSeconds >= 0 and returnedTokens >= 0, got " + outputTokens + ", "
                            + toolSeconds + " and " + returnedTokens);
        }
    }

    /** An estimate that expects nothing after the segment. */
    public SegmentEstimate(double outputTokens, double toolSeconds, double returnedTokens) {
        this(outputTokens, toolSeconds, returnedTokens, Outlook.NONE);
    }

    /** Output tokens that are still to come after {@code done}; at least 1, since a segment that goes on outlives its estimate. */
    public double remainingOutput(int done) {
        return Math.max(1, outputTokens - done);
    }
}
