package io.augserve.profile;

import java.util.Arrays;
import java.util.List;

/**
 * Least squares with coefficients that are not negative. The solution of such a problem is the plain least-squares solution over some
 * subset of the columns, the others being zero; there are few columns here, so all subsets are tried, through the normal equations. A
 * column that explains nothing stays zero. The first column is the constant one and always takes part.
 */
final class NonNegativeLeastSquares {
    /** Residual, in squared relative errors per row, below which a difference is rounding: 30 ppm. */
    private static final double NOISE = 1e-9;
    private static final double SINGULAR = 1e-10;

    private final double[][] gram;
    private final double[] projected;
    private double square;
    private int rows;

    /**
     * @param coefficients one for each column, not negative
     * @param residual sum of squares
     */
    record Solution(List<Double> coefficients, double residual) {
        /** Whether this one explains the rows worse, beyond rounding. */
        boolean isWorseThan(Solution other, int rows) {
            return residual > other.residual + NOISE * rows;
        }
    }

    NonNegativeLeastSquares(int columns) {
        gram = new double[columns][columns];
        projected = new double[columns];
    }

    void add(double[] row, double target) {
        for (int i = 0; i < row.length; i++) {
            for (int j = 0; j < row.length; j++) {
                gram[i][j] += row[i] * row[j];
            }
            projected[i] += row[i] * target;
        }
        square += target * target;
        rows++;
    }

    /** The best solution, and of equal ones one with few columns. */
    Solution solve() {
        int columns = projected.length;
        Solution best = new Solution(List.of(), Double.POSITIVE_INFINITY);
        for (int size = 1; size <= columns; size++) {
            for (int subset = 1; subset < 1 << columns; subset += 2) {
                if (Integer.bitCount(subset) == size) {
                    Solution solution = solve(subset);
                    best = best.isWorseThan(solution, rows) ? solution : best;
                }
            }
        }
        return best;
    }

    /** Over a subset of the columns, with an infinite residual if that has no solution that is unique and not negative. */
    private Solution solve(int subset) {
        int[] columns = new int[Integer.bitCount(subset)];
        for (int i = 0, next = 0; i < projected.length; i++) {
            if ((subset >> i & 1) == 1) {
                columns[next++] = i;
            }
        }
        Double[] coefficients = new Double[projected.length];
        Arrays.fill(coefficients, 0.0);
        double[] values = cholesky(columns);
        double residual = square;
        for (int i = 0; i < columns.length; i++) {
            if (!(values[i] >= 0)) {
                return new Solution(List.of(), Double.POSITIVE_INFINITY);
            }
            coefficients[columns[i]] = values[i];
            residual -= values[i] * projected[columns[i]];
        }
        return new Solution(List.of(coefficients), Math.max(0, residual));
    }

    /** Columns scaled to length one; NaN if they depend on one another. */
    private double[] cholesky(int[] columns) {
        int n = columns.length;
        double[] scale = new double[n];
        double[][] lower = new double[n][n];
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            scale[i] = Math.sqrt(gram[columns[i]][columns[i]]);
            double sum = projected[columns[i]] / scale[i];
            for (int j = 0; j <= i; j++) {
                double entry = gram[columns[i]][columns[j]] / scale[i] / scale[j];
                for (int k = 0; k < j; k++) {
                    entry -= lower[i][k] * lower[j][k];
                }
                if (j < i) {
                    lower[i][j] = entry / lower[j][j];
                    sum -= lower[i][j] * x[j];
                } else {
                    lower[i][i] = entry > SINGULAR ? Math.sqrt(entry) : Double.NaN;
                }
            }
            x[i] = sum / lower[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int j = i + 1; j < n; j++) {
                x[i] -= lower[j][i] * x[j];
            }
            x[i] /= lower[i][i];
        }
        for (int i = 0; i < n; i++) {
            x[i] /= scale[i];
        }
        return x;
    }
}
