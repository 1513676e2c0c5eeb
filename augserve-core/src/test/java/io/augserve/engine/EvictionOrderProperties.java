package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EvictionOrderProperties {
    private static final class Contents extends EvictionOrder.Entry {
        final int name;
        /** What a sorted list goes by. */
        long givenUp;

        Contents(int name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return "contents " + name;
        }
    }

    private enum Deed {
        GIVE_UP, EXPECT, TAKE_BACK, OVERWRITE
    }

    private record Action(Deed deed, int entry, long nextUse) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators
                .combine(Arbitraries.of(Deed.class), Arbitraries.integers().between(0, 11),
                        Arbitraries.of(-7L, 0L, 1L, 2L, 3L, KvCache.BY_CHANCE - 1, KvCache.BY_CHANCE))
                .as(Action::new).list().ofMaxSize(200);
    }

    @Property(tries = 2000, seed = "2026")
    void overwritesInTheOrderOfASortedList(@ForAll("actions") List<Action> actions) {
        EvictionOrder<Contents> order = new EvictionOrder<>();
        List<Contents> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(new Contents(i));
        }
        List<Contents> sorted = new ArrayList<>();
        long deeds = 0;
        for (Action action : actions) {
            Contents entry = all.get(action.entry());
            switch (action.deed()) {
                case GIVE_UP -> {
                    if (!sorted.contains(entry)) {
                        order.giveUp(entry);
                        order.add(entry);
                        entry.givenUp = deeds++;
                        sorted.add(entry);
                    }
                }
                case EXPECT -> order.expect(entry, action.nextUse());
                case TAKE_BACK -> {
                    if (sorted.remove(entry)) {
                        order.remove(entry);
                    }
                }
                case OVERWRITE -> {
                    if (!sorted.isEmpty()) {
                        order.remove(order.first());
                        sorted.removeFirst();
                    }
                }
            }
            sorted.sort(Comparator.comparingLong(Contents::nextUse).reversed()
                    .thenComparingLong(each -> each.givenUp));
            assertThat(order.isEmpty()).isEqualTo(sorted.isEmpty());
            assertThat(sorted.isEmpty() || order.first() == sorted.getFirst()).as("first").isTrue();
            assertThat(all.stream().filter(order::contains)).containsExactlyInAnyOrderElementsOf(sorted);
        }
    }

    private static List<Integer> drain(EvictionOrder<Contents> order) {
        List<Integer> names = new ArrayList<>();
        while (!order.isEmpty()) {
            names.add(order.first().name);
            order.remove(order.first());
        }
        return names;
    }

    private static EvictionOrder<Contents> givenUp(Contents... entries) {
        EvictionOrder<Contents> order = new EvictionOrder<>();
        for (Contents entry : entries) {
            order.giveUp(entry);
            order.add(entry);
        }
        return order;
    }

    @Test
    void withoutExpectationsItIsThatOfLeastRecentUse() {
        Contents first = new Contents(1);
        EvictionOrder<Contents> order = givenUp(first, new Contents(2), new Contents(3));
        order.remove(first);
        order.giveUp(first);
        order.add(first);
        assertThat(drain(order)).containsExactly(2, 3, 1);
    }

    @Test
    void chanceGoesBeforeTheLatestAndEqualsByAge() {
        Contents soon = new Contents(1);
        Contents late = new Contents(2);
        Contents asLate = new Contents(3);
        Contents chance = new Contents(4);
        Contents forgotten = new Contents(5);
        EvictionOrder<Contents> order = givenUp(soon, late, asLate, chance, forgotten);
        order.expect(asLate, 60);
        order.expect(late, 60);
        order.expect(soon, 5);
        order.expect(forgotten, 5);
        order.expect(forgotten, KvCache.BY_CHANCE);
        assertThat(drain(order)).containsExactly(4, 5, 2, 3, 1);
    }
}
