package io.augserve.onnx.sampling;

import java.util.ArrayList;
import java.util.List;

/** Pearson's goodness-of-fit test. */
final class ChiSquare {
    private ChiSquare() {}

    /**
     * How probable it is that draws from {@code probabilities} differ from them at least as much as {@code counts} do. Outcomes
     * expected fewer than 5 times are taken together; 0 if an impossible one occurred.
     */
    static double pValue(long[] counts, double[] probabilities) {
        long draws = 0;
        for (long count : counts) {
            draws += count;
        }
        List<double[]> cells = new ArrayList<>();
        double rareSeen = 0;
        double rareExpected = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = draws * probabilities[i];
            if (expected == 0 && counts[i] > 0) {
                return 0;
            }
            if (expected >= 5) {
                cells.add(new double[]{counts[i], expected});
            } else {
                rareSeen += counts[i];
                rareExpected += expected;
            }
        }
        if (rareExpected >= 5) {
            cells.add(new double[]{rareSeen, rareExpected});
        }
        double statistic = 0;
        for (double[] cell : cells) {
            statistic += (cell[0] - cell[1]) * (cell[0] - cell[1]) / cell[1];
        }
        return cells.size() < 2 ? 1 : survival(statistic, cells.size() - 1);
    }

    /**
     * P(X &gt;= x) for X distributed as chi-square with some degrees of freedom: one minus the regularised lower incomplete gamma
     * function at (degrees / 2, x / 2) by its power series (Abramowitz and Stegun 6.5.29).
     */
    static double survival(double x, int degrees) {
        double a = degrees / 2.0;
        double z = x / 2;
        if (z <= 0) {
            return 1;
        }
        double term = Math.exp(a * Math.log(z) - z - logGamma(degrees + 2));
        double sum = 0;
        for (int n = 1; term > sum * 1e-17; n++) {
            sum += term;
            term *= z / (a + n);
        }
        return Math.max(0, 1 - sum);
    }

    /** log(Gamma(halves / 2)), from Gamma(1) = 1, Gamma(1/2) = sqrt(pi) and Gamma(t + 1) = t Gamma(t). */
    private static double logGamma(int halves) {
        double log = halves % 2 == 0 ? 0 : Math.log(Math.PI) / 2;
        for (int t = halves - 2; t > 0; t -= 2) {
            log += Math.log(t / 2.0);
        }
        return log;
    }
}
