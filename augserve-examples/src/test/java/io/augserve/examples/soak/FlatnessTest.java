package io.augserve.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlatnessTest {
    private static final long MEGABYTE = 1 << 20;

    @Test
    void comparesTheLastQuarterWithTheSecond() {
        // 10, 10, 10 | 20, 22, 24 | 99, 99, 99 | 23, 25, 90: at least 20 and 23.
        long[] heap = {10, 10, 10, 20, 22, 24, 99, 99, 99, 23, 25, 90};
        List<SoakSample> samples = samples(12, i -> heap[i], i -> 100, 0);
        assertThat(Flatness.heapGrowth(samples)).hasValue(3);
        assertThat(Flatness.residentGrowth(samples)).hasValue(0);
        assertThat(Flatness.problems(samples)).isEmpty();
    }

    @Test
    void namesWhatGrewAndWhatLeaked() {
        assertThat(Flatness.problems(samples(12, i -> 10 + i, i -> 100 + 5L * i, 0))).containsExactly(
                "heap: grew by 6.0 MB, expected at most 4.0", "resident set: grew by 30.0 MB, expected at most 28.8");
        assertThat(Flatness.problems(samples(1, i -> 10, i -> 100, 3))).containsExactly("fcfs: 3 KV blocks leaked");
    }

    @Test
    void judgesNothingByAFewRounds() {
        assertThat(Flatness.heapGrowth(samples(11, i -> 10 * i, i -> 100, 0))).isEmpty();
        assertThat(Flatness.problems(samples(11, i -> 10 * i, i -> 100, 0))).isEmpty();
        assertThat(Flatness.problems(List.of())).isEmpty();
    }

    private static List<SoakSample> samples(int count, IntToLongFunction heap, IntToLongFunction resident,
            int leaked) {
        return IntStream.range(0, count)
                .mapToObj(i -> new SoakSample(i, "fcfs", i, leaked, new Footprint(heap.applyAsLong(i) * MEGABYTE, 0, 0,
                        0, OptionalLong.of(resident.applyAsLong(i)), 1, OptionalLong.empty())))
                .toList();
    }
}
