package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.predict.CostModel;
import org.junit.jupiter.api.Test;

class StepPriceTest {
    private final StepPrice price = new StepPrice(new CostModel(0.01, 0.001, 0));

    @Test
    void beginsWithTheMachinesCosts() {
        assertThat(price.iteration()).isEqualTo(0.042);
        assertThat(price.decodeStep()).isEqualTo(0.042);
        assertThat(price.perPrefillToken()).isEqualTo(0.001);
    }

    @Test
    void learnsWhatATokenAdds() {
        for (int i = 0; i < 3_000; i++) {
            int tokens = 100 * (i % 3);
            price.observe(0.02 + 0.0004 * tokens, tokens);
        }
        assertThat(price.perPrefillToken()).isCloseTo(0.0004, within(1e-9));
        assertThat(price.decodeStep()).isCloseTo(0.02, within(1e-7));
        assertThat(price.iteration()).isCloseTo(0.06, within(0.001));
    }

    @Test
    void prefillThatRidesAlongIsFree() {
        for (int i = 0; i < 3_000; i++) {
            price.observe(0.02, i % 2 == 0 ? 0 : 50);
        }
        assertThat(price.perPrefillToken()).isCloseTo(0, within(1e-9));
        assertThat(price.decodeStep()).isCloseTo(0.02, within(1e-9));
    }

    @Test
    void equalStepsTeachNoSlope() {
        for (int i = 0; i < 3_000; i++) {
            price.observe(0.03, 0);
        }
        assertThat(price.perPrefillToken()).isEqualTo(0.001);
        assertThat(price.decodeStep()).isCloseTo(0.03, within(1e-9));
    }

    @Test
    void aSlopeThatCannotBeIsCut() {
        for (int i = 0; i < 3_000; i++) {
            price.observe(i % 2 == 0 ? 0.01 : 5, i % 2 == 0 ? 0 : 100);
        }
        assertThat(price.perPrefillToken()).isEqualTo(0.002);
        for (int i = 0; i < 3_000; i++) {
            price.observe(i % 2 == 0 ? 0.05 : 0.01, i % 2 == 0 ? 0 : 100);
        }
        assertThat(price.perPrefillToken()).isZero();
    }
}
