package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.request.SamplingOptions;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
    /** Logits whose highest is 40. The cap matters: one Gaussian in 30,000 is above it, and weights above the best one's are undefined. */
    private static float[] row(Random random, int length) {
        float[] row = new float[length];
        for (int i = 0; i < length; i++) {
            row[i] = random.nextInt(50) == 0
                    ? Float.NEGATIVE_INFINITY
                    : Math.min(39, (float) random.nextGaussian() * 10);
        }
        row[random.nextInt(length)] = 40;
        return row;
    }

    @Test
    void exponentialByTheDefinition() {
        assertThat(RowExp.exp(0)).isEqualTo(1);
        for (double x = 0; x > -699; x -= 0.0371) {
            assertThat(RowExp.exp(x) / Math.exp(x)).isCloseTo(1, within(1e-13));
        }
        assertThat(RowExp.exp(-701)).isZero();
        assertThat(RowExp.exp(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(RowExp.weight(3, 3, RowExp.inverse(Double.MIN_VALUE))).isEqualTo(1);
        assertThat(RowExp.weight(2, 3, RowExp.inverse(Double.MIN_VALUE))).isZero();
    }

    /** To the bit, wherever a row ends among vectors and chunks, so that a seed draws the same on every machine. */
    @Property(tries = 300)
    void bothSumAndDrawTheSame(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int length,
            @ForAll @Scale(6) @DoubleRange(min = 1e-3, max = 100) double temperature) {
        Random random = new Random(seed);
        float[] row = row(random, length);
        Softmax scalar = new Softmax(length, new ScalarRowExp());
        Softmax vector = new Softmax(length, new VectorRowExp());
        scalar.of(row, 40, temperature);
        vector.of(row, 40, temperature);
        assertThat(vector.total()).isEqualTo(scalar.total());
        for (double variate : new double[]{0, random.nextDouble(), Math.nextDown(1.0)}) {
            int token = scalar.draw(variate);
            assertThat(vector.draw(variate)).isEqualTo(token);
            assertThat(scalar.weight(token)).isPositive();
        }
    }

    @Test
    void drawsAsTheDefinitionDoes() {
        Random random = new Random(4);
        float[] row = row(random, 49_152);
        for (double temperature : new double[]{3, 8, 50}) {
            double[] expected = Oracle.probabilities(row,
                    SamplingOptions.builder().temperature(temperature).build());
            Softmax softmax = new Softmax(row.length);
            softmax.of(row, 40, temperature);
            for (int n = 0; n < 100; n++) {
                double variate = random.nextDouble();
                assertThat(softmax.draw(variate)).isEqualTo(Oracle.draw(expected, variate));
            }
        }
    }

    @Test
    void weightsThatUnderflowAreNeverDrawn() {
        float[] row = new float[5000];
        row[2500] = 1000;
        Softmax softmax = new Softmax(row.length);
        softmax.of(row, 1000, 1);
        assertThat(softmax.draw(0)).isEqualTo(2500);
        assertThat(softmax.draw(Math.nextDown(1.0))).isEqualTo(2500);
    }

    @Test
    void shorterRowsMayFollow() {
        Softmax softmax = new Softmax(2000);
        softmax.of(new float[2000], 0, 1);
        assertThat(softmax.total()).isEqualTo(2000);
        softmax.of(new float[]{0, 0}, 0, 1);
        assertThat(softmax.total()).isEqualTo(2);
        assertThat(softmax.draw(0.75)).isEqualTo(1);
    }
}
