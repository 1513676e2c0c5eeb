package io.augserve.onnx.sampling;

/**
 * The weights of a row of logits, {@code w_i = exp((l_i - best) * inverse)}, and their sums. Implementations keep no state and give the same
 * results to the bit, whatever the machine: each operation is one that IEEE 754 defines, in an order that is fixed here.
 *
 * <p>exp(x) is 2^n * exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2 (Cody and Waite's reduction, ln 2 in two parts), exp(r) by its Taylor
 * polynomial of degree 11 with fused multiply-add, relative error below 1e-14. What is below {@link #LOWEST} is 0. Adding and subtracting 1.5 * 2^52
 * rounds, and leaves n in the low bits.
 *
 * <p>A chunk of {@link #CHUNK} weights is summed in {@link #LANES} interleaved sums, {@code s_j = w_j + w_(j+8) + ...}, and these as
 * {@code ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))}.
 */
interface RowExp {
    /** Weights of a sum that is kept. */
    int CHUNK = 1024;
    /** Interleaved sums. */
    int LANES = 8;
    /** e to this is the smallest weight that is not 0. */
    double LOWEST = -700;

    double ROUNDING = 0x1.8p52;
    double LOG2_E = 1 / Math.log(2);
    /** ln 2 in 32 bits, so that n times it is exact. */
    double LN2_HIGH = 0x1.62e42feep-1;
    /** What is missing of ln 2. */
    double LN2_LOW = 0x1.a39ef35793c76p-33;
    int MANTISSA_BITS = 52;

    /** The fastest implementation that this JVM can run. */
    static RowExp best() {
        // The vector class may only be touched when its incubator module is in the boot layer.
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorRowExp()
                : new ScalarRowExp();
    }

    /**
     * Sums the weights of a chunk.
     *
     * @param from its first logit
     * @param to behind its last
     * @param lanes room for {@link #LANES} numbers
     */
    double sum(float[] logits, int from, int to, float best, double inverse, double[] lanes);

    /** One weight: at most 1, and exactly 1 for the best logit. */
    static double weight(float logit, float best, double inverse) {
        return exp(((double) logit - best) * inverse);
    }

    /** The factor that divides by a temperature, however small: 0 times it must stay 0. */
    static double inverse(double temperature) {
        return Math.min(1 / temperature, Double.MAX_VALUE);
    }

    /** e to the x, which is at most 0. */
    static double exp(double x) {
        if (!(x >= LOWEST)) {
            return 0;
        }
        double shifted = Math.fma(x, LOG2_E, ROUNDING);
        double n = shifted - ROUNDING;
        double r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        double p = 1.0 / 39916800;
        p = Math.fma(p, r, 1.0 / 3628800);
        p = Math.fma(p, r, 1.0 / 362880);
        p = Math.fma(p, r, 1.0 / 40320);
        p = Math.fma(p, r, 1.0 / 5040);
        p = Math.fma(p, r, 1.0 / 720);
        p = Math.fma(p, r, 1.0 / 120);
        p = Math.fma(p, r, 1.0 / 24);
        p = Math.fma(p, r, 1.0 / 6);
        p = Math.fma(p, r, 1.0 / 2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        return Double.longBitsToDouble(Double.doubleToRawLongBits(p)
                + (Double.doubleToRawLongBits(shifted) << MANTISSA_BITS));
    }

    /** Adds up the interleaved sums. */
    static double total(double[] s) {
        return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
}
