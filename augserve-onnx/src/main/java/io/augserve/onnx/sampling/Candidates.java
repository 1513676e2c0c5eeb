package io.augserve.onnx.sampling;

import io.augserve.request.SamplingOptions;
import java.util.Arrays;

/**
 * The tokens that temperature and filters leave in play, with their weights: a token's weight is its probability as a share of
 * the best token's, {@code exp((logit - best) / temperature)}. Each filter sees the distribution that the one before it left: top-p
 * counts its share of what top-k kept, min-p keeps what is heavy enough of what top-p kept. None is ever empty, for the best token,
 * of weight 1, passes them all.
 *
 * <p>Arrays as long as the vocabulary are used again for every row. Confined to one thread.
 */
final class Candidates {
    private static final RowScan SCAN = RowScan.best();
    /** More than the rounding of a float. */
    private static final float SLACK = 0x1p-20f;

    private final Softmax softmax;
    private final int[] ids;
    private final double[] weights;
    private int size;

    /**
     * @param vocabularySize most candidates there can be
     * @param softmax turned to a row where its sum is needed
     */
    Candidates(int vocabularySize, Softmax softmax) {
        this.softmax = softmax;
        this.ids = new int[vocabularySize];
        this.weights = new double[vocabularySize];
    }

    /**
     * Fills this with the tokens that pass, in ascending order of id, whichever way they were found: then slightly other logits,
     * as another kernel may compute them for the same tokens, seldom change what a variate draws.
     *
     * @param logits by token id; no NaN and no positive infinity
     * @param best the highest logit; finite
     * @param options temperature above 0
     */
    void filter(float[] logits, float best, SamplingOptions options) {
        boolean sums = options.topP() < 1 && !(options.topK() > 0 && options.topK() < logits.length);
        if (sums) {
            softmax.of(logits, best, options.temperature());
        }
        filter(logits, best, options, sums ? softmax.total() : 0, logits.length);
    }

    /**
     * The same where the logits are the highest of a vocabulary.
     *
     * @param sum of the weights of the whole vocabulary; read for top-p without top-k alone
     * @param vocabulary its size
     */
    void filter(float[] logits, float best, SamplingOptions options, double sum, int vocabulary) {
        double inverse = RowExp.inverse(options.temperature());
        boolean topK = options.topK() > 0 && options.topK() < logits.length;
        boolean topP = options.topP() < 1;
        // Weights are compared in the logarithm: log(0) is minus infinity and keeps all.
        double minP = Math.log(options.minP());
        if (topK) {
            size = TopK.select(logits, options.topK(), ids);
            weigh(logits, best, inverse);
            if (topP) {
                size = Nucleus.select(ids, weights, size, options.topP());
            }
        } else if (topP) {
            // Of the vocabulary only what may be in the nucleus is gathered; the rest counts in the sum.
            gather(logits, best, inverse, Math.log(Nucleus.floor(options.topP(), sum, vocabulary)));
            size = Nucleus.selectWeight(ids, weights, size, options.topP() * sum);
        } else {
            gather(logits, best, inverse, minP);
        }
        if (topK || topP) {
            keepAbove(logits, best, inverse, minP);
            Arrays.sort(ids, 0, size);
            weigh(logits, best, inverse);
        }
    }

    /** Number of tokens in play; at least 1. */
    int size() {
        return size;
    }

    /** The id of the i-th token in play. */
    int id(int i) {
        return ids[i];
    }

    /**
     * Draws a token by inverting the cumulative distribution.
     *
     * @param variate in [0, 1)
     * @return token id
     */
    int draw(double variate) {
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += weights[i];
        }
        double target = variate * total;
        double reached = 0;
        int last = 0;
        for (int i = 0; i < size; i++) {
            reached += weights[i];
            if (reached > target) {
                return ids[i];
            }
            if (weights[i] > 0) {
                last = i;
            }
        }
        // Only if the product was rounded up to the total.
        return ids[last];
    }

    /** Fills this with the tokens of at least this exponent. */
    private void gather(float[] logits, float best, double inverse, double lowest) {
        size = 0;
        // The scan compares floats and may let one in that the exact comparison keeps out, never the other way round.
        float limit = Math.nextDown((float) (best + lowest / inverse) - SLACK * Math.abs(best));
        for (int token = SCAN.firstAbove(logits, 0, limit); token < logits.length; token = SCAN.firstAbove(logits,
                token + 1, limit)) {
            if (exponent(logits[token], best, inverse) >= lowest) {
                ids[size] = token;
                weights[size++] = RowExp.weight(logits[token], best, inverse);
            }
        }
    }

    private void keepAbove(float[] logits, float best, double inverse, double lowest) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (exponent(logits[ids[i]], best, inverse) >= lowest) {
                ids[kept++] = ids[i];
            }
        }
        size = kept;
    }

    private void weigh(float[] logits, float best, double inverse) {
        for (int i = 0; i < size; i++) {
            weights[i] = RowExp.weight(logits[ids[i]], best, inverse);
        }
    }

    /** The logarithm of a weight: at most 0, and exactly 0 for the best token. */
    private static double exponent(float logit, float best, double inverse) {
        return ((double) logit - best) * inverse;
    }
}
