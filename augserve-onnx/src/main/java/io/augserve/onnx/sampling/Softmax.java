package io.augserve.onnx.sampling;

/**
 * The distribution that a row and a temperature stand for, without a list of its tokens: weights are summed by chunk, and a draw finds its chunk by
 * the sums and then its token by the weights of that chunk alone. Confined to one thread.
 */
final class Softmax {
    private final RowExp exp;
    private final double[] sums;
    private final double[] lanes = new double[RowExp.LANES];
    private float[] logits = {};
    private float best;
    private double inverse;
    private double total;

    /** @param vocabularySize longest row */
    Softmax(int vocabularySize) {
        this(vocabularySize, RowExp.best());
    }

    Softmax(int vocabularySize, RowExp exp) {
        this.exp = exp;
        this.sums = new double[(vocabularySize + RowExp.CHUNK - 1) / RowExp.CHUNK];
    }

    /**
     * Turns to a row.
     *
     * @param row by token id; no NaN and no positive infinity; read again by draws
     * @param highest its highest logit; finite
     * @param temperature above 0
     */
    void of(float[] row, float highest, double temperature) {
        logits = row;
        best = highest;
        inverse = RowExp.inverse(temperature);
        total = 0;
        for (int chunk = 0; chunk * RowExp.CHUNK < row.length; chunk++) {
            int from = chunk * RowExp.CHUNK;
            sums[chunk] = exp.sum(row, from, Math.min(from + RowExp.CHUNK, row.length), best, inverse, lanes);
            total += sums[chunk];
        }
    }

    /** The sum of all weights; at least 1. */
    double total() {
        return total;
    }

    /** A token's weight: its probability as a share of the best token's. */
    double weight(int token) {
        return RowExp.weight(logits[token], best, inverse);
    }

    /**
     * Draws a token by inverting the cumulative distribution, in the order of ids.
     *
     * @param variate in [0, 1)
     * @return token id
     */
    int draw(double variate) {
        double target = variate * total;
        double reached = 0;
        int chunk = 0;
        int last = 0;
        while (reached + sums[chunk] <= target && (chunk + 1) * RowExp.CHUNK < logits.length) {
            last = sums[chunk] > 0 ? chunk : last;
            reached += sums[chunk++];
        }
        // A last chunk of nothing is only reached if the product was rounded up to the total.
        return sums[chunk] > 0 ? drawFrom(chunk, target - reached) : drawFrom(last, Double.POSITIVE_INFINITY);
    }

    /** The token at which the chunk's weights exceed {@code missing}; the last possible one if they do not, which rounding can cause. */
    private int drawFrom(int chunk, double missing) {
        int from = chunk * RowExp.CHUNK;
        int end = Math.min(from + RowExp.CHUNK, logits.length);
        double sum = 0;
        int possible = from;
        for (int token = from; token < end; token++) {
            double weight = weight(token);
            sum += weight;
            if (sum > missing) {
                return token;
            }
            possible = weight > 0 ? token : possible;
        }
        return possible;
    }
}
