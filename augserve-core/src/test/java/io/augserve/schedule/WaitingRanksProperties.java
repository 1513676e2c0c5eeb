package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WaitingRanksProperties {
    private record Entry(TestRequest request, double level, double rate) {}

    @Property(tries = 300)
    void theBestAreThoseOfASort(@ForAll long seed, @ForAll @IntRange(max = 300) int count,
            @ForAll @IntRange(min = 1, max = 40) int most) {
        SplittableRandom random = new SplittableRandom(seed);
        WaitingRanks ranks = new WaitingRanks();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Few distinct values, so that ties occur.
            Entry entry = new Entry(TestRequest.waiting(i, 5), random.nextInt(10), random.nextInt(3));
            entries.add(entry);
            ranks.add(entry.request(), entry.level(), entry.rate());
            if (random.nextInt(4) == 0) {
                Entry gone = entries.remove(random.nextInt(entries.size()));
                ranks.remove(gone.request());
                ranks.remove(gone.request());
            }
        }
        double seconds = random.nextInt(20);
        List<Long> sorted = entries.stream()
                .sorted(Comparator.<Entry>comparingDouble(entry -> -(entry.level() + entry.rate() * seconds))
                        .thenComparingLong(entry -> entry.request().id()))
                .map(entry -> entry.request().id()).toList();
        assertThat(ranks.size()).isEqualTo(entries.size());
        assertThat(ids(ranks.best(seconds, most))).isEqualTo(sorted.stream().limit(most).toList());
        assertThat(ids(ranks.worst(seconds, most))).isEqualTo(sorted.reversed().stream().limit(most).toList());
        assertThat(ranks.best(seconds, most)).isSorted();
        assertThat(entries).allMatch(entry -> ranks.contains(entry.request()));
    }

    private static List<Long> ids(WaitingRanks.Ranked[] ranked) {
        return Arrays.stream(ranked).map(each -> each.request().id()).toList();
    }
}
