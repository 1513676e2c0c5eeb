package io.augserve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.Batch;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.Slice;
import io.augserve.simulation.HardwareProfile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IterationTimeTest {
    @Test
    void addsUpTheTermsOfTheFormula() {
        IterationTime time = new IterationTime(10, 0.5, 0.25, 0.01, 0.001, 8, 3);
        // 10 + 0.5 * (20 + 4 - 8) + 0.25 * 4 + 0.01 * 1000 + 0.001 * 300 + 3 = 32.3 ms
        assertThat(time.nanos(20, 4, 1000, 300)).isEqualTo(32_300_000);
        // Below m0 tokens ride along: 10 + 0 + 1 + 10 + 0 + 3
        assertThat(time.nanos(0, 4, 1000, 0)).isEqualTo(24_000_000);
        assertThat(time.withOverheadMillis(0).nanos(0, 4, 1000, 0)).isEqualTo(21_000_000);
        assertThat(time.nanos(0, 0, 0, 0)).isEqualTo(13_000_000);
    }

    @Test
    void prefillWorkCountsCachedTokensInFullAndTheChunkByHalf() {
        assertThat(IterationTime.prefillWork(2048, 0)).isEqualTo(2048 * 1024.0);
        assertThat(IterationTime.prefillWork(3, 10)).isEqualTo(34.5);
        assertThat(IterationTime.prefillWork(100_000, 100_000)).isEqualTo(1.5e10);
    }

    @Test
    void aPrefillInChunksDoesTheWorkOfAWholeOne() {
        assertThat(IterationTime.prefillWork(500, 0) + IterationTime.prefillWork(700, 500))
                .isEqualTo(IterationTime.prefillWork(1200, 0));
    }

    // Milliseconds of composed kernels: one sequence, 64 sequences of 1,000 tokens, a prefill of 2,048. The fit is good
    // to some 3%.
    @ParameterizedTest
    @CsvSource({"llama3-8b@h100, 6.8, 10.4, 46.5", "llama3-8b@a100, 12.0, 17.6, 128",
            "llama3-8b@a100-vidur, 11.1, 18.1, 154"})
    void agreesWithTheKernelTimesThatItWasFittedTo(String profile, double one, double many, double prefill) {
        IterationTime time = HardwareProfile.builtin(profile).orElseThrow().iterationTime();
        assertThat(time.nanos(0, 1, 1, 0) / 1e6).isCloseTo(one, within(0.035 * one));
        assertThat(time.nanos(0, 64, 64_000, 0) / 1e6).isCloseTo(many, within(0.035 * many));
        assertThat(time.nanos(2048, 0, 0, IterationTime.prefillWork(2048, 0)) / 1e6).isCloseTo(prefill,
                within(0.035 * prefill));
    }

    @Test
    void agreesWithAHandComputedPrefillAndDecode() {
        IterationTime h100 = HardwareProfile.builtin("llama3-8b@h100").orElseThrow().iterationTime();
        // 6.96851 + 0.0199 * 1856 + 8.853e-7 * 2097152 = 45.7595 ms
        assertThat(h100.nanos(2048, 0, 0, 2048 * 1024.0)).isEqualTo(45_759_519);
        // 6.96851 + 0.00629 * 64 + 4.38263e-5 * 64000 = 10.1759532 ms
        assertThat(h100.nanos(0, 64, 64_000, 0)).isEqualTo(10_175_953);
    }

    @Test
    void throughputIsSaturatedAtNineteenTwentieths() {
        // x / (10 + x) of at most 990 / 1000: 0.9405 is reached at 158.07 tokens.
        assertThat(new IterationTime(10, 1, 5, 5, 5, 0, 0).saturationTokens(990)).isEqualTo(159);
        assertThat(new IterationTime(4, 1, 0, 0, 0, 0, 6).saturationTokens(990)).isEqualTo(159);
        // 50 tokens for the price of one, then each costs: the best rate is that of 50, 5 per millisecond.
        assertThat(new IterationTime(10, 1, 0, 0, 0, 50, 0).saturationTokens(990)).isEqualTo(48);
        // Tokens that cost nothing: the more the better.
        assertThat(new IterationTime(10, 0, 0, 0, 0, 0, 0).saturationTokens(1000)).isEqualTo(950);
        // Steps that cost nothing: one is as good as any.
        assertThat(new IterationTime(0, 1, 0, 0, 0, 0, 0).saturationTokens(1000)).isEqualTo(1);
        assertThat(new IterationTime(0, 0, 0, 0, 0, 0, 0).saturationTokens(1000)).isEqualTo(1);
        assertThat(new IterationTime(10, 1, 0, 0, 0, 2000, 0).saturationTokens(1000)).isEqualTo(950);
        assertThat(new IterationTime(10, 1, 0, 0, 0, 50, 0).saturationTokens(1)).isEqualTo(1);
    }

    @Test
    void theLinearPartIsWhatSchedulersReckonWith() {
        assertThat(new IterationTime(10, 0.5, 5, 5, 5, 20, 2).costs(1e-6))
                .isEqualTo(new CostModel(0.012, 0.0005, 1e-6));
    }

    @Test
    void aSingleTokenAfterOthersIsADecode() {
        Batch batch = new Batch(List.of(new Slice(ForcedSequence.zeros(1, 100), 0, 1),
                new Slice(ForcedSequence.zeros(2, 100), 10, 30), new Slice(ForcedSequence.zeros(3, 100), 99, 1)));
        // 1 * 0.5 + 30 * (10 + 15)
        assertThat(StepLoad.of(batch)).isEqualTo(new StepLoad(31, 1, 100, 750.5));
    }

    @Test
    void refusesConstantsAndLoadsOutOfRange() {
        assertThatThrownBy(() -> new IterationTime(1, 1, 1, -1e-9, 1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("d: expected >= 0 and finite, got -1.0E-9");
        assertThatThrownBy(() -> new IterationTime(1, 1, 1, 1, 1, 0, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("overheadMillis");
        IterationTime time = new IterationTime(1, 1, 1, 1, 1, 0, 0);
        assertThatThrownBy(() -> time.nanos(-1, 0, 0, 0)).hasMessage("prefillTokens: expected >= 0, got -1");
        assertThatThrownBy(() -> time.nanos(0, 0, 0, Double.POSITIVE_INFINITY)).hasMessageContaining("prefillWork");
    }
}
