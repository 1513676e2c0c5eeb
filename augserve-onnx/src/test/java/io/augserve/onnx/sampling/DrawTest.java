package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DrawTest {
    private static final int DRAWS = 100_000;

    @Test
    void mixesAsSplitMix64() {
        // The published first outputs of SplitMix64 seeded with 1234567.
        long[] expected = {Long.parseUnsignedLong("6457827717110365317"), Long.parseUnsignedLong("3203168211198807973"),
                Long.parseUnsignedLong("9817491932198370423")};
        for (int n = 0; n < expected.length; n++) {
            assertThat(Draw.mix(1234567 + (n + 1) * Draw.GAMMA)).isEqualTo(expected[n]);
        }
    }

    @Property(seed = "2026")
    void liesInTheHalfOpenUnitInterval(@ForAll long seed, @ForAll @LongRange(min = 0) long position) {
        double variate = Draw.uniform(seed, position);
        assertThat(variate).isGreaterThanOrEqualTo(0).isLessThan(1);
        assertThat(Draw.uniform(seed, position)).isEqualTo(variate);
    }

    @Test
    void isUniformAlongPositions() {
        long[] counts = new long[100];
        for (int position = 0; position < DRAWS; position++) {
            counts[(int) (Draw.uniform(7, position) * 100)]++;
        }
        assertThat(ChiSquare.pValue(counts, even(100))).isGreaterThan(0.001);
    }

    @Test
    void isUniformAlongSeeds() {
        long[] counts = new long[100];
        for (int seed = 0; seed < DRAWS; seed++) {
            counts[(int) (Draw.uniform(seed, 12) * 100)]++;
        }
        assertThat(ChiSquare.pValue(counts, even(100))).isGreaterThan(0.001);
    }

    @Test
    void neighbouringPositionsAreIndependent() {
        long[] counts = new long[100];
        for (int position = 0; position < DRAWS; position++) {
            int a = (int) (Draw.uniform(-3, position) * 10);
            int b = (int) (Draw.uniform(-3, position + 1) * 10);
            counts[10 * a + b]++;
        }
        assertThat(ChiSquare.pValue(counts, even(100))).isGreaterThan(0.001);
    }

    @Test
    void seedsOneGammaApartDoNotShareOneShiftedStream() {
        assertThat(Draw.uniform(5 + Draw.GAMMA, 0)).isNotEqualTo(Draw.uniform(5, 1));
    }

    private static double[] even(int cells) {
        double[] probabilities = new double[cells];
        Arrays.fill(probabilities, 1.0 / cells);
        return probabilities;
    }
}
