package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
    @Test
    void takesTheNearestRank() {
        // Positions ceil(0.5 * 5) = 3, ceil(4.5) = 5, ceil(4.95) = 5 of 15, 20, 35, 40, 50.
        assertThat(Distribution.of(35, 20, 15, 50, 40)).isEqualTo(new Distribution(32, 35, 50, 50));
        assertThat(Distribution.of(IntStream.rangeClosed(1, 100).asDoubleStream().toArray()))
                .isEqualTo(new Distribution(50.5, 50, 90, 99));
        assertThat(Distribution.of(IntStream.rangeClosed(1, 101).asDoubleStream().toArray()))
                .isEqualTo(new Distribution(51, 51, 91, 100));
        assertThat(Distribution.of(1, 2)).isEqualTo(new Distribution(1.5, 1, 2, 2));
    }

    @Test
    void ofOneValueIsThatValueAndOfNoneZero() {
        assertThat(Distribution.of(7)).isEqualTo(new Distribution(7, 7, 7, 7));
        assertThat(Distribution.of()).isEqualTo(new Distribution(0, 0, 0, 0));
    }

    @Test
    void leavesTheValuesInTheirOrder() {
        double[] values = {3, 1, 2};
        Distribution.of(values);
        assertThat(values).containsExactly(3, 1, 2);
    }
}
