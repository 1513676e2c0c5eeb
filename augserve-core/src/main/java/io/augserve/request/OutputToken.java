package io.augserve.request;

import java.util.List;

/**
 * One token that was sampled.
 *
 * @param token token id
 * @param logProb its log-probability as in {@link TokenLogProb}; NaN unless the request asked for log-probabilities
 * @param top the most likely tokens, best first; as many as the request asked for
 */
public record OutputToken(int token, float logProb, List<TokenLogProb> top) {
    /** Copies the list. */
    public OutputToken {
        top = List.copyOf(top);
    }
}
