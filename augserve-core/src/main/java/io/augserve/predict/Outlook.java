package io.augserve.predict;

/**
 * What is expected of a request after its current segment and that segment's tools, over all the segments that may follow.
 *
 * @param outputTokens tokens that they will sample; 0 if the request is expected to end
 * @param returnedTokens tokens that their tools will return
 */
public record Outlook(double outputTokens, double returnedTokens) {
    /** Nothing follows. */
    public static final Outlook NONE = new Outlook(0, 0);

    /**
     * @throws IllegalArgumentException if a number is negative
     */
    public Outlook {
        if (!(outputTokens >= 0) || !(returnedTokens >= 0)) {
            throw new IllegalArgumentException(
                    "expected outputTokens >= 0 and returnedTokens >= 0, got " + outputTokens + " and "
                            + returnedTokens);
        }
    }
}
