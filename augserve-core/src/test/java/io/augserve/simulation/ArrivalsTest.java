package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTest {
    private static long[] draw(Arrivals arrivals, Duration within) {
        return arrivals.draw(within, new SplittableRandom(2026));
    }

    private static double[] gapSeconds(long[] times) {
        return IntStream.range(1, times.length).mapToDouble(i -> (times[i] - times[i - 1]) / 1e9).toArray();
    }

    private static double variation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        return Math.sqrt(variance) / mean;
    }

    @Test
    void poissonHasItsRateAndUnitVariation() {
        long[] times = draw(Arrivals.poisson(3), Duration.ofSeconds(40_000));
        assertThat(times.length / 40_000.0).isCloseTo(3, within(0.03));
        assertThat(variation(gapSeconds(times))).isCloseTo(1, within(0.02));
        // Of exponential gaps, 1 - 1/e are shorter than the mean.
        assertThat(Arrays.stream(gapSeconds(times)).filter(gap -> gap < 1 / 3.0).count() / (double) times.length)
                .isCloseTo(1 - Math.exp(-1), within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.02", "1, 0.02", "2, 0.05", "4, 0.1"})
    void gammaHasItsRateAndVariation(double cv, double tolerance) {
        long[] times = draw(Arrivals.gamma(5, cv), Duration.ofSeconds(100_000));
        assertThat(times.length / 100_000.0).isCloseTo(5, within(5 * tolerance));
        assertThat(variation(gapSeconds(times))).isCloseTo(cv, within(cv * tolerance));
    }

    @Test
    void gammaOfVariationOneIsExponential() {
        double[] gaps = gapSeconds(draw(Arrivals.gamma(2, 1), Duration.ofSeconds(50_000)));
        assertThat(Arrays.stream(gaps).filter(gap -> gap < 0.5).count() / (double) gaps.length)
                .isCloseTo(1 - Math.exp(-1), within(0.01));
    }

    @Test
    void arrivalsAreSortedAndWithinTheRun() {
        Duration run = Duration.ofSeconds(100);
        for (Arrivals arrivals : new Arrivals[]{Arrivals.poisson(20), Arrivals.gamma(20, 13),
                Arrivals.fromGaps(new double[]{0, 0, 0.3}), Arrivals.gamma(20, 100)}) {
            long[] times = draw(arrivals, run);
            assertThat(times).isSorted();
            assertThat(Arrays.stream(times)).allMatch(t -> t >= 0 && t < run.toNanos());
        }
    }

    @Test
    void recordedGapsKeepTheirOrderAroundTheEnd() {
        Arrivals recorded = Arrivals.fromGaps(new double[]{1, 2, 4});
        double[] gaps = gapSeconds(draw(recorded, Duration.ofSeconds(70)));
        assertThat(gaps).hasSizeGreaterThan(25);
        for (int i = 1; i < gaps.length; i++) {
            assertThat(gaps[i]).isEqualTo(gaps[i - 1] == 4 ? 1 : gaps[i - 1] * 2);
        }
    }

    @Test
    void recordedGapsBeginAnywhere() {
        Arrivals recorded = Arrivals.fromGaps(new double[]{1, 2, 4});
        assertThat(
                IntStream.range(0, 30).mapToObj(s -> recorded.draw(Duration.ofSeconds(10), new SplittableRandom(s))[0]))
                .contains(1_000_000_000L, 2_000_000_000L, 4_000_000_000L);
    }

    @Test
    void recordedGapsAreScaledToTheRate() {
        double[] gaps = {0.5, 0, 1.5, 2};
        long[] asTheyAre = draw(Arrivals.fromGaps(gaps), Duration.ofSeconds(4000));
        long[] scaled = draw(Arrivals.fromGaps(gaps, 10), Duration.ofSeconds(4000));
        assertThat(asTheyAre.length).isBetween(3999, 4001);
        assertThat(scaled.length).isBetween(39_995, 40_005);
        assertThat(variation(gapSeconds(scaled))).isCloseTo(variation(gapSeconds(asTheyAre)), within(1e-3));
    }

    @Test
    void aSeedGivesTheSamePatternAtEveryRate() {
        long[] slow = draw(Arrivals.gamma(1, 2), Duration.ofSeconds(100));
        long[] fast = draw(Arrivals.gamma(4, 2), Duration.ofSeconds(25));
        assertThat(fast).hasSameSizeAs(slow);
        for (int i = 0; i < slow.length; i++) {
            assertThat((double) fast[i]).isCloseTo(slow[i] / 4.0, within(2.0));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesRatesAndVariationsOutOfRange(double bad) {
        assertThatThrownBy(() -> Arrivals.poisson(bad)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate: expected > 0 and finite, got " + bad);
        assertThatThrownBy(() -> Arrivals.gamma(1, bad)).hasMessage("cv: expected in (0, 100], got " + bad);
        assertThatThrownBy(() -> Arrivals.fromGaps(new double[]{1}, bad)).hasMessageStartingWith("rate: ");
    }

    @Test
    void refusesGapsThatLetTimeStandStill() {
        assertThatThrownBy(() -> Arrivals.fromGaps(new double[0])).hasMessage("number of gaps: expected >= 1, got 0");
        assertThatThrownBy(() -> Arrivals.fromGaps(new double[]{0, 0}))
                .hasMessage("sum of gaps: expected > 0 and finite, got 0.0");
        assertThatThrownBy(() -> Arrivals.fromGaps(new double[]{1, -2}))
                .hasMessage("gaps[1]: expected >= 0 and finite, got -2.0");
    }

    @Test
    void refusesRunsThatDoNotFit() {
        assertThatThrownBy(() -> draw(Arrivals.poisson(1), Duration.ZERO))
                .hasMessage("within, in seconds: expected > 0 and finite, got 0.0");
        assertThatThrownBy(() -> draw(Arrivals.poisson(1e9), Duration.ofHours(1)))
                .hasMessageStartingWith("arrivals: expected fewer than 10000000");
    }
}
