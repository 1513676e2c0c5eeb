package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.onnx.model.RopeScaling;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Head size 8 and theta 10,000 give the frequencies 1, 0.1, 0.01 and 0.001: wavelengths 6.28, 62.8, 628 and 6283. */
class RotaryTableTest {
    private static final Offset<Double> CLOSE = within(1e-9);

    @Test
    void unscaledFrequenciesArePowersOfTheta() {
        assertThat(RotaryTable.frequencies(8, 10_000, new RopeScaling.None()))
                .containsExactly(new double[]{1, 0.1, 0.01,
                        0.001}, CLOSE);
    }

    @Test
    void linearScalingDividesEveryFrequency() {
        assertThat(RotaryTable.frequencies(8, 10_000, new RopeScaling.Linear(4)))
                .containsExactly(new double[]{0.25, 0.025,
                        0.0025, 0.00025}, CLOSE);
    }

    /**
     * Context 1024: waves up to 1024 / 4 = 256 stay, those above 1024 / 1 are divided by 8. For 628.3185 between them
     * s = (1024 / 628.3185 - 1) / (4 - 1) = 0.2099155 and f = 0.01 (0.7900845 / 8 + 0.2099155) = 0.003086761.
     */
    @Test
    void llama3ScalingDependsOnTheWavelength() {
        assertThat(RotaryTable.frequencies(8, 10_000, new RopeScaling.Llama3(8, 1, 4, 1024)))
                .containsExactly(new double[]{1,
                        0.1, 0.003086761, 0.000125}, CLOSE);
    }

    @Test
    void tablesAreOneRowAPosition() {
        RotaryTable table = new RotaryTable(3, 4, 10_000, new RopeScaling.None());
        assertThat(table.cosines()).containsExactly(1, 1, 0.5403023f, 0.99995f, -0.41614684f, 0.9998f);
        assertThat(table.sines()).containsExactly(0, 0, 0.84147096f, 0.009999833f, 0.9092974f, 0.019998666f);
    }

    /** sin(131,071) to seven digits; a single-precision angle could not tell it. */
    @Test
    void farPositionsKeepTheirPrecision() {
        RotaryTable table = new RotaryTable(131_072, 2, 10_000, new RopeScaling.None());
        assertThat(table.sines()[131_071]).isEqualTo((float) StrictMath.sin(131_071));
    }
}
