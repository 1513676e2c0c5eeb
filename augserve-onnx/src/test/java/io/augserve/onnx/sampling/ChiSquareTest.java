package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChiSquareTest {
    @ParameterizedTest
    @CsvSource({"3.841459, 1, 0.05", "10.827566, 1, 0.001", "13.815511, 2, 0.001", "7.814728, 3, 0.05",
            "29.588298, 10, 0.001", "43.773, 30, 0.05", "124.342, 100, 0.05", "149.449, 100, 0.001"})
    void agreesWithTheTablesOfQuantiles(double x, int degrees, double expected) {
        assertThat(ChiSquare.survival(x, degrees)).isCloseTo(expected, within(expected * 1e-3));
    }

    @Test
    void agreesWithTheClosedFormOfFourDegrees() {
        // exp(-x / 2) (1 + x / 2)
        assertThat(ChiSquare.survival(6, 4)).isCloseTo(4 * Math.exp(-3), within(1e-14));
    }

    @Test
    void countsAsByHand() {
        // (60 - 50)^2 / 50 twice is 4, with one degree of freedom; erfc(sqrt(2)) = 0.0455002639
        assertThat(ChiSquare.pValue(new long[]{60, 40}, new double[]{0.5, 0.5})).isCloseTo(0.0455002639, within(1e-9));
    }

    @Test
    void refusesTheImpossible() {
        assertThat(ChiSquare.pValue(new long[]{99, 1}, new double[]{1, 0})).isZero();
    }
}
