package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NucleusTest {
    private static int[] select(double share, double... weights) {
        int[] ids = IntStream.range(0, weights.length).toArray();
        double[] moved = weights.clone();
        int size = Nucleus.select(ids, moved, ids.length, share);
        for (int i = 0; i < size; i++) {
            assertThat(moved[i]).as("weight and id move together").isEqualTo(weights[ids[i]]);
        }
        int[] chosen = Arrays.copyOf(ids, size);
        Arrays.sort(chosen);
        return chosen;
    }

    @Test
    void takesTheFewestThatReachTheShare() {
        // Of 1.875 in all: 1 is 53.3 %, 1.5 is exactly 80 %, 1.75 is 93.3 %.
        double[] weights = {0.25, 0.5, 0.125, 1};
        assertThat(select(0.5, weights)).containsExactly(3);
        assertThat(select(0.75, weights)).containsExactly(1, 3);
        assertThat(select(0.81, weights)).containsExactly(0, 1, 3);
        assertThat(select(0.95, weights)).containsExactly(0, 1, 2, 3);
        assertThat(select(1, weights)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void isContentWithExactlyTheShare() {
        assertThat(select(0.5, 1, 1, 1, 1)).containsExactly(0, 1);
        assertThat(select(0.75, 1, 1, 1, 1)).containsExactly(0, 1, 2);
    }

    @Test
    void takesTheLowestIdsAmongEquals() {
        assertThat(select(0.4, 0.5, 0.5, 1, 0.5, 0.5)).containsExactly(0, 2);
    }

    @Test
    void keepsTheBestHoweverSmallTheShare() {
        assertThat(select(Double.MIN_VALUE, 0.5, 1, 0)).containsExactly(1);
        assertThat(select(Double.MIN_VALUE, 1, 1, 1)).containsExactly(0);
        assertThat(select(0.3, 1)).containsExactly(0);
    }

    @Test
    void leavesOutWeightlessTokens() {
        assertThat(select(0.999999, 0, 1, 0)).containsExactly(1);
    }

    @Property(seed = "2026")
    void equalsSorting(@ForAll @Size(min = 1, max = 50) List<@IntRange(max = 8) Integer> eighths,
            @ForAll @Scale(6) @DoubleRange(min = 0.001, max = 1) double share) {
        // Weights are few multiples of an eighth: sums are exact, in whatever order, and there are ties.
        double[] weights = eighths.stream().mapToDouble(n -> n / 8.0).toArray();
        weights[weights.length / 2] = 1;
        assertThat(select(share, weights)).isEqualTo(bySorting(share, weights));
    }

    @Test
    void equalsSortingOnALargeVocabulary() {
        Random random = new Random(2);
        for (double spread : new double[]{0.1, 1, 5}) {
            double[] weights = new double[150_000];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.exp(spread * random.nextGaussian());
            }
            double best = Arrays.stream(weights).max().orElseThrow();
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= best;
            }
            for (double share : new double[]{0.01, 0.5, 0.9, 0.9999}) {
                assertThat(select(share, weights)).isEqualTo(bySorting(share, weights));
            }
        }
    }

    @Test
    void copesWithSortedAndEqualWeights() {
        double[] ascending = IntStream.rangeClosed(1, 100_000).mapToDouble(i -> i / 100_000.0).toArray();
        // The upper half of the ids weighs three quarters.
        assertThat(select(0.7499, ascending)[0]).isBetween(49_995, 50_020);
        double[] equal = new double[100_000];
        Arrays.fill(equal, 1);
        assertThat(select(0.25, equal)).isEqualTo(IntStream.range(0, 25_000).toArray());
    }

    private static int[] bySorting(double share, double[] weights) {
        int[] order = IntStream.range(0, weights.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]).thenComparing(i -> i))
                .mapToInt(Integer::intValue).toArray();
        double needed = share * Arrays.stream(weights).sum();
        double reached = 0;
        int count = 0;
        while (count < order.length && reached < needed) {
            reached += weights[order[count++]];
        }
        int[] chosen = Arrays.copyOf(order, Math.max(1, count));
        Arrays.sort(chosen);
        return chosen;
    }
}
