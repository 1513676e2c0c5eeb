package io.augserve.profile;

import io.augserve.predict.IterationTime;
import io.augserve.predict.StepLoad;
import java.util.List;

/**
 * Fits {@link IterationTime} to measured steps: constants that are not negative and make the sum of the squared <em>relative</em> errors
 * least, since a millisecond matters more in a decode than in a long prefill. For a given m0 the model is linear in the others; m0 is
 * searched from 0 to half the largest step, and 0 stands unless another one explains the steps clearly better.
 */
final class IterationTimeFit {
    private static final int COLUMNS = 5;
    /** Beyond it candidates for m0 lie a thirty-second apart before the search closes in. */
    private static final int EVERY = 64;
    private static final int FRACTION = 32;
    /** The squared error without m0, relative to that with the best one, up to which m0 is not worth having. */
    private static final double WORTH = 1.05;

    private final List<StepTime> steps;

    private IterationTimeFit(List<StepTime> steps) {
        this.steps = steps;
    }

    /**
     * The model that fits best; a constant that the steps cannot tell from zero is zero, a is positive.
     *
     * @param steps at least one
     */
    static IterationTime of(List<StepTime> steps) {
        return new IterationTimeFit(steps).best();
    }

    private IterationTime best() {
        int most = steps.stream().mapToInt(step -> step.load().tokens()).max().orElse(0) / 2;
        NonNegativeLeastSquares.Solution linear = at(0);
        int chosen = 0;
        NonNegativeLeastSquares.Solution best = linear;
        for (int m0 = 1; m0 <= most; m0 += stride(m0)) {
            NonNegativeLeastSquares.Solution solution = at(m0);
            if (solution.residual() < best.residual()) {
                best = solution;
                chosen = m0;
            }
        }
        int coarse = chosen;
        for (int m0 = Math.max(1, coarse - stride(coarse)); m0 <= Math.min(most, coarse + stride(coarse)); m0++) {
            NonNegativeLeastSquares.Solution solution = at(m0);
            if (solution.residual() < best.residual()) {
                best = solution;
                chosen = m0;
            }
        }
        if (!linear.isWorseThan(best, steps.size()) || linear.residual() <= WORTH * best.residual()) {
            return time(linear, 0);
        }
        return time(best, chosen);
    }

    private static int stride(int m0) {
        return m0 < EVERY ? 1 : m0 / FRACTION;
    }

    private NonNegativeLeastSquares.Solution at(int m0) {
        NonNegativeLeastSquares problem = new NonNegativeLeastSquares(COLUMNS);
        for (StepTime step : steps) {
            double seconds = step.seconds();
            StepLoad load = step.load();
            problem.add(new double[]{1 / seconds, Math.max(load.tokens() - m0, 0) / seconds, load.decodes() / seconds,
                    load.decodeContext() / seconds, load.prefillWork() / seconds}, 1);
        }
        return problem.solve();
    }

    private static IterationTime time(NonNegativeLeastSquares.Solution solution, int m0) {
        List<Double> seconds = solution.coefficients();
        return new IterationTime(seconds.get(0) * 1e3, seconds.get(1) * 1e3, seconds.get(2) * 1e3, seconds.get(3) * 1e3,
                seconds.get(4) * 1e3, m0, 0);
    }
}
