package io.augserve.onnx.sampling;

import io.augserve.request.SamplingOptions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Temperature and filters as their definitions say them: sort everything, renormalise after each filter. */
final class Oracle {
    private Oracle() {}

    /**
     * The distribution that is drawn from.
     *
     * @param logits after bias and penalties
     * @return probabilities by token id
     */
    static double[] probabilities(float[] logits, SamplingOptions options) {
        double best = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            best = Math.max(best, logit);
        }
        double[] p = new double[logits.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp((logits[i] - best) / options.temperature());
        }
        normalise(p);
        List<Integer> ranked = IntStream.range(0, p.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i)).toList();
        if (options.topK() > 0) {
            ranked.stream().skip(options.topK()).forEach(i -> p[i] = 0);
            normalise(p);
        }
        if (options.topP() < 1) {
            double reached = 0;
            for (int i : ranked) {
                double next = reached + p[i];
                if (reached >= options.topP()) {
                    p[i] = 0;
                }
                reached = next;
            }
            normalise(p);
        }
        double floor = options.minP() * p[ranked.get(0)];
        for (int i = 0; i < p.length; i++) {
            if (p[i] < floor) {
                p[i] = 0;
            }
        }
        normalise(p);
        return p;
    }

    /** The token at which the cumulative distribution, by ascending id, passes a variate. */
    static int draw(double[] probabilities, double variate) {
        double reached = 0;
        for (int i = 0; i < probabilities.length; i++) {
            reached += probabilities[i];
            if (reached > variate) {
                return i;
            }
        }
        throw new AssertionError("probabilities sum to " + reached);
    }

    private static void normalise(double[] p) {
        double sum = 0;
        for (double value : p) {
            sum += value;
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
    }
}
