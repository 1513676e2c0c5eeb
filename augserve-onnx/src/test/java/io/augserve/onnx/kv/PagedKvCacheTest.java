package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.BlockLedger;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PagedKvCacheTest {
    private static final int SEQUENCES = 6;

    private enum Deed {
        RESERVE, SHRINK, RELEASE
    }

    /** Something done to one sequence. */
    private record Action(Deed deed, long sequence, int tokens) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators
                .combine(Arbitraries.of(Deed.class), Arbitraries.longs().between(0, SEQUENCES - 1),
                        Arbitraries.integers().between(0, 90))
                .as(Action::new).list().ofMaxSize(120);
    }

    @Property(tries = 300)
    void blocksAreNeitherSharedNorLostAndCountsAreTheLedgers(@ForAll("actions") List<Action> actions) {
        PagedKvCache cache = new PagedKvCache(8, 20);
        BlockLedger ledger = new BlockLedger(8, 20);
        Map<Long, String> before = new HashMap<>();
        for (Action action : actions) {
            boolean fits = ledger.needed(action.sequence(), action.tokens()) <= ledger.free();
            switch (action.deed()) {
                case RESERVE -> {
                    if (fits) {
                        ledger.reserve(action.sequence(), action.tokens());
                        cache.reserve(action.sequence(), action.tokens());
                    } else {
                        assertThatIllegalStateException()
                                .isThrownBy(() -> cache.reserve(action.sequence(), action.tokens()));
                    }
                }
                case SHRINK -> {
                    ledger.shrink(action.sequence(), action.tokens());
                    cache.shrink(action.sequence(), action.tokens());
                }
                case RELEASE -> {
                    ledger.release(action.sequence());
                    cache.release(action.sequence());
                }
            }
            assertConsistent(cache, ledger);
            assertPrefixesKept(cache, before);
        }
    }

    private static void assertConsistent(PagedKvCache cache, BlockLedger ledger) {
        int[] owners = new int[cache.capacity()];
        for (int block : cache.freeBlocks()) {
            owners[block]++;
        }
        for (long s = 0; s < SEQUENCES; s++) {
            assertThat(cache.held(s)).isEqualTo(ledger.held(s)).isEqualTo(cache.table(s).size());
            for (int i = 0; i < cache.table(s).size(); i++) {
                owners[cache.table(s).block(i)]++;
            }
        }
        assertThat(owners).containsOnly(1);
        assertThat(cache.free()).isEqualTo(ledger.free()).isEqualTo(cache.freeBlocks().length);
    }

    /** A sequence that grows or shrinks keeps the blocks it already wrote into. */
    private static void assertPrefixesKept(PagedKvCache cache, Map<Long, String> before) {
        for (long s = 0; s < SEQUENCES; s++) {
            String now = cache.table(s).toString().replaceAll("[\\[\\]]", "");
            String then = before.getOrDefault(s, "");
            assertThat(now.startsWith(then) || then.startsWith(now)).as("%s after %s", now, then).isTrue();
            before.put(s, now);
        }
    }

    @Test
    void tablesByHand() {
        PagedKvCache cache = new PagedKvCache(16, 5);
        cache.reserve(7, 17);
        cache.reserve(9, 16);
        cache.reserve(7, 33);
        assertThat(cache.table(7)).hasToString("[0, 1, 3]");
        assertThat(cache.table(9)).hasToString("[2]");
        assertThat(cache.free()).isEqualTo(1);
        cache.release(9);
        cache.shrink(7, 16);
        assertThat(cache.table(7)).hasToString("[0]");
        assertThat(cache.table(9).size()).isZero();
        int[] row = {-1, -1, -1};
        cache.table(7).copyTo(MemorySegment.ofArray(row), 1);
        assertThat(row).containsExactly(-1, 0, -1);
    }

    @Test
    void tooLargeAReservationChangesNothing() {
        PagedKvCache cache = new PagedKvCache(16, 2);
        cache.reserve(1, 16);
        assertThatIllegalStateException().isThrownBy(() -> cache.reserve(1, 49));
        assertThat(cache.table(1)).hasToString("[0]");
        assertThat(cache.free()).isEqualTo(1);
        assertThatThrownBy(() -> cache.table(1).block(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
