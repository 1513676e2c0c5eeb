package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.predict.CostModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WasteTest {
    /** InferCept's constants for GPT-J-6B: 0.0463 ms a token, 10 ms a pass. */
    private static final CostModel GPT_J = new CostModel(0.010, 0.0000463, 40e-6);

    @ParameterizedTest
    @CsvSource({"20, 5000, 0.27", "50, 15000, 0.76", "100, 30000, 1.45"})
    void breakEvenBetweenPreserveAndDiscard(int running, int tokens, double seconds) {
        // 1,000 tokens fill 63 blocks of 16.
        Waste waste = Waste.of(GPT_J, 1008, 1, tokens, 384, running, false);
        assertThat(waste.discard() / 1000).isCloseTo(seconds, within(0.01));
    }

    @Test
    void handComputedParts() {
        // h = 364, n = 2, l = 272: 0.0277792 * 3 * 364 + 0.0168532 * 2 * 5000 + 0.0125936 * (5000 + 272).
        Waste waste = Waste.of(GPT_J, 1000, 0.5, 5000, 384, 20, true);
        assertThat(waste.discard()).isCloseTo(30.335 + 168.532 + 66.393, within(0.01));
        assertThat(waste.preserve()).isEqualTo(500);
        // 2 * 0.04 s * 5000.
        assertThat(waste.swap()).isCloseTo(400, within(1e-9));
    }

    @Test
    void theLeastIsChosenAndTiesGoToPreserveThenSwap() {
        assertThat(new Waste(1, 2, 3).least()).isEqualTo(Handling.PRESERVE);
        assertThat(new Waste(3, 2, 3).least()).isEqualTo(Handling.SWAP);
        assertThat(new Waste(3, 2, 1).least()).isEqualTo(Handling.DISCARD);
        assertThat(new Waste(1, 1, 1).least()).isEqualTo(Handling.PRESERVE);
        assertThat(new Waste(2, 1, 1).least()).isEqualTo(Handling.SWAP);
    }
}
