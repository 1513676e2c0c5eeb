package io.augserve.onnx.sampling;

import io.augserve.request.TokenLogProb;
import java.util.ArrayList;
import java.util.List;

/**
 * Natural logarithms of the probabilities that a row of logits stands for: {@code l - log(sum(exp(l)))}, computed in double as
 * {@code (l - highest) - log(sum(exp(l - highest)))} so that nothing overflows and large logits lose no digits.
 */
final class LogProbs {
    private final float[] logits;
    private final double highest;
    private final double logSum;

    /**
     * @param logits by token id; no NaN and no positive infinity; read again by every call
     * @param best the token with the highest logit, which is finite
     * @param softmax turned to the row for its sum
     */
    LogProbs(float[] logits, int best, Softmax softmax) {
        this.logits = logits;
        this.highest = logits[best];
        softmax.of(logits, logits[best], 1);
        this.logSum = Math.log(softmax.total());
    }

    /** The log-probability of a token: at most 0, minus infinity if it is impossible. */
    double of(int token) {
        return Math.min(0, logits[token] - highest - logSum);
    }

    /**
     * The most likely tokens, best first and the lower id first among equals.
     *
     * @param count at least 0
     * @return {@code count} tokens, or every possible one if those are fewer
     */
    List<TokenLogProb> top(int count) {
        int[] ids = new int[Math.min(count, logits.length)];
        int size = TopK.selectSorted(logits, ids.length, ids);
        List<TokenLogProb> top = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            top.add(new TokenLogProb(ids[i], (float) of(ids[i])));
        }
        return top;
    }
}
