package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ObservedDurationsTest {
    private static ObservedDurations of(double... seconds) {
        ObservedDurations durations = new ObservedDurations();
        for (double each : seconds) {
            durations.add(each);
        }
        return durations;
    }

    @Test
    void keepsNothingBeforeAnythingWasSeen() {
        assertThat(of().isEmpty()).isTrue();
        assertThat(of().timeToLive(1, 0)).isZero();
    }

    @Test
    void weighsTheChanceOfAReturnAgainstTheTimeKept() {
        ObservedDurations durations = of(10, 1, 1, 1);
        // tau = 1: P = 3/4, kept 1 s for sure; tau = 10: P = 1, kept (3 * 1 + 10) / 4 = 3.25 s.
        // Benefit 2: 1.5 - price against 2 - 3.25 price; equal at a price of 0.5 / 2.25 = 0.222.
        assertThat(durations.timeToLive(2, 0.21)).isEqualTo(10);
        assertThat(durations.timeToLive(2, 0.23)).isEqualTo(1);
        // Nothing is gained by keeping beyond a price of 1.5 / 1.
        assertThat(durations.timeToLive(2, 1.49)).isEqualTo(1);
        assertThat(durations.timeToLive(2, 1.51)).isZero();
    }

    @Test
    void whatCostsNothingIsKeptForTheLongestTimeSeen() {
        assertThat(of(3, 60, 7).timeToLive(0.1, 0)).isEqualTo(60);
    }

    @Test
    void aToolThatAnswersAtOnceNeedsNoTime() {
        assertThat(of(0, 0, 0).timeToLive(1, 100)).isZero();
    }

    @Test
    void forgetsWhatIsOld() {
        ObservedDurations durations = of(1000);
        for (int i = 0; i < ObservedDurations.WINDOW; i++) {
            assertThat(durations.timeToLive(1, 0)).isEqualTo(1000);
            durations.add(2);
        }
        assertThat(durations.timeToLive(1, 0)).isEqualTo(2);
    }

    @Property(tries = 500)
    void noCandidateIsBetter(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int count,
            @ForAll @IntRange(max = 10) int benefit,
            @ForAll @IntRange(max = 20) int tenthsOfPrice) {
        double price = tenthsOfPrice / 10.0;
        SplittableRandom random = new SplittableRandom(seed);
        ObservedDurations durations = new ObservedDurations();
        List<Double> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Few distinct values, so that ties occur.
            seen.add(random.nextInt(8) * 0.5);
            durations.add(seen.getLast());
        }
        double chosen = durations.timeToLive(benefit, price);
        assertThat(chosen == 0 || seen.contains(chosen)).isTrue();
        seen.forEach(tau -> assertThat(value(chosen, seen, benefit, price))
                .isGreaterThanOrEqualTo(value(tau, seen, benefit, price) - 1e-9));
        assertThat(value(chosen, seen, benefit, price)).isGreaterThanOrEqualTo(-1e-9);
    }

    private static double value(double tau, List<Double> seen, double benefit, double price) {
        double there = seen.stream().filter(seconds -> seconds <= tau).count() / (double) seen.size();
        double kept = seen.stream().mapToDouble(seconds -> Math.min(seconds, tau)).average().orElseThrow();
        return there * benefit - price * kept;
    }
}
