package io.augserve.simulation;

import java.util.random.RandomGenerator;

/**
 * Gamma-distributed numbers by rejection from a transformed normal: G. Marsaglia and W. W. Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 26(3), 2000. For a shape k of at least 1, with d = k - 1/3 and c = (9 d)^(-1/2),
 * draw a normal x and v = (1 + c x)^3 until v &gt; 0 and ln u &lt; x^2 / 2 + d (1 - v + ln v) for a uniform u; then
 * d v is the sample. A shape below 1 is a sample of shape k + 1 times u^(1/k). Mean is k * scale, coefficient of
 * variation 1 / sqrt(k). Immutable.
 */
final class GammaDistribution {
    private final double shape;
    private final double scale;
    private final double d;
    private final double c;

    private GammaDistribution(double shape, double scale) {
        this.shape = shape;
        this.scale = scale;
        this.d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
        this.c = 1 / Math.sqrt(9 * d);
    }

    static GammaDistribution withMeanAndVariation(double mean, double cv) {
        double shape = 1 / (cv * cv);
        return new GammaDistribution(shape, mean / shape);
    }

    double sample(RandomGenerator random) {
        double boost = shape < 1 ? StrictMath.pow(1 - random.nextDouble(), 1 / shape) : 1;
        return boost * scale * atLeastOne(random);
    }

    private double atLeastOne(RandomGenerator random) {
        while (true) {
            double x = random.nextGaussian();
            double root = 1 + c * x;
            if (root > 0) {
                double v = root * root * root;
                double u = 1 - random.nextDouble();
                if (StrictMath.log(u) < x * x / 2 + d * (1 - v + StrictMath.log(v))) {
                    return d * v;
                }
            }
        }
    }
}
