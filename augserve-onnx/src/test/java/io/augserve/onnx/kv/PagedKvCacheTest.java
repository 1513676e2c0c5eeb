package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.BlockLedger;
import io.augserve.onnx.fixture.TestSequence;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
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
    void sequencesBeginAlikeInTheirFullBlocks() {
        PagedKvCache cache = new PagedKvCache(4, 20);
        cache.register(new TestSequence(1, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        cache.register(new TestSequence(2, 0, 1, 2, 3, 4, 5, 6, 7, 9, 9, 9, 9));
        cache.register(new TestSequence(3, 1, 1, 2, 3, 4, 5, 6, 7));
        assertThat(cache.beginAlike(1, 2, 1)).isTrue();
        assertThat(cache.beginAlike(1, 2, 2)).isTrue();
        assertThat(cache.beginAlike(1, 2, 3)).as("a third full block").isFalse();
        assertThat(cache.beginAlike(2, 3, 2)).as("another first token").isFalse();
        assertThat(cache.beginAlike(1, 4, 1)).as("one that is not registered").isFalse();
    }

    @Test
    void equalPromptsShareTheirFullBlocks() {
        PagedKvCache cache = new PagedKvCache(4, 10);
        TestSequence first = TestSequence.counting(1, 0, 10);
        TestSequence second = TestSequence.counting(2, 0, 14);
        cache.register(first);
        cache.register(second);
        assertThat(cache.reusable(2)).isZero();
        cache.reserve(1, 10);
        assertThat(cache.reusable(2)).as("reserved is not computed").isZero();
        cache.computed(1, 7);
        assertThat(cache.reusable(2)).isEqualTo(1);
        cache.computed(1, 10);
        assertThat(cache.reusable(2)).isEqualTo(2);
        assertThat(cache.reusable(1)).as("it holds them").isZero();
        cache.reuse(2, 2);
        cache.reserve(2, 14);
        assertThat(cache.table(1)).hasToString("[0, 1, 2]");
        assertThat(cache.table(2)).hasToString("[0, 1, 3, 4]");
        assertThat(cache.free()).isEqualTo(5);
        assertThat(cache.shared()).isEqualTo(2);
        assertThat(cache.exclusive(1)).isEqualTo(1);
        assertThat(cache.exclusive(2)).isEqualTo(2);
        cache.release(1);
        assertThat(cache.free()).isEqualTo(6);
        assertThat(cache.exclusive(2)).isEqualTo(4);
    }

    @Test
    void whatEndedIsFoundAndTheLeastRecentlyUsedGoesFirst() {
        PagedKvCache cache = new PagedKvCache(4, 5);
        for (int id : new int[]{1, 2}) {
            TestSequence sequence = TestSequence.counting(id, 100 * id, 8);
            cache.register(sequence);
            cache.reserve(id, 8);
            cache.computed(id, 8);
            cache.release(id);
            cache.forget(id);
        }
        assertThat(cache.free()).isEqualTo(5);
        cache.register(TestSequence.counting(3, 100, 9));
        cache.register(TestSequence.counting(4, 200, 9));
        assertThat(cache.reusable(3)).isEqualTo(2);
        assertThat(cache.reusable(4)).isEqualTo(2);
        cache.reserve(9, 4);
        assertThat(cache.reusable(3)).as("a block was blank").isEqualTo(2);
        cache.reserve(9, 8);
        assertThat(cache.reusable(3)).as("the oldest loses its tail").isEqualTo(1);
        assertThat(cache.reusable(4)).isEqualTo(2);
        assertThat(cache.recognised()).isEqualTo(3);
        assertThatIllegalStateException().isThrownBy(() -> cache.reuse(3, 2))
                .withMessage("sequence 3: expected 1 to 1 blocks to reuse, got 2");
    }

    @Test
    void equalBlocksComputedTwiceAreKeptOnce() {
        PagedKvCache cache = new PagedKvCache(4, 4);
        for (int id : new int[]{1, 2}) {
            cache.register(TestSequence.counting(id, 0, 6));
            cache.reserve(id, 6);
        }
        cache.computed(1, 6);
        assertThat(cache.free()).isZero();
        cache.computed(2, 6);
        assertThat(cache.table(1)).hasToString("[0, 1]");
        assertThat(cache.table(2)).hasToString("[0, 3]");
        assertThat(cache.free()).isEqualTo(1);
    }

    @Test
    void whoIsShrunkIntoASharedBlockWritesACopy() {
        PagedKvCache cache = new PagedKvCache(4, 4);
        for (int id : new int[]{1, 2}) {
            cache.register(TestSequence.counting(id, 0, 8));
        }
        cache.reserve(1, 8);
        cache.computed(1, 8);
        cache.reuse(2, 2);
        cache.shrink(2, 6);
        assertThat(cache.needed(2, 8)).as("for the copy").isEqualTo(1);
        cache.reserve(2, 8);
        assertThat(cache.table(1)).hasToString("[0, 1]");
        assertThat(cache.table(2)).hasToString("[0, 2]");
        assertThat(cache.takeCopies()).containsExactly(new BlockCopy(BlockCopy.Way.DEVICE, 1, 2));
        assertThat(cache.takeCopies()).isEmpty();
        cache.computed(2, 8);
        assertThat(cache.table(2)).as("equal again").hasToString("[0, 1]");
    }

    @Test
    void aSwappedBlockThatIsStillThereIsNotCopiedBack() {
        PagedKvCache cache = new PagedKvCache(4, 4, 3);
        cache.register(TestSequence.counting(1, 0, 10));
        cache.reserve(1, 10);
        cache.computed(1, 10);
        cache.swapOut(1, 3);
        assertThat(cache.hostFree()).isZero();
        assertThat(cache.free()).isEqualTo(4);
        assertThat(cache.takeCopies()).containsExactly(new BlockCopy(BlockCopy.Way.OUT, 2, 0),
                new BlockCopy(BlockCopy.Way.OUT, 1, 1), new BlockCopy(BlockCopy.Way.OUT, 0, 2));
        assertThatIllegalStateException().isThrownBy(() -> cache.reserve(1, 11))
                .withMessage("sequence 1 has blocks in host memory");
        cache.swapIn(1, 3);
        assertThat(cache.table(1)).hasToString("[0, 1, 2]");
        assertThat(cache.takeCopies()).as("only the partial one").containsExactly(
                new BlockCopy(BlockCopy.Way.IN, 0, 2));
        assertThat(cache.hostFree()).isEqualTo(3);
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

    @Test
    void aFollowUpTakesOverWhatIsNotSharedTheUnfinishedBlockIncluded() {
        PagedKvCache cache = new PagedKvCache(4, 10);
        TestSequence turn = TestSequence.counting(1, 0, 11);
        TestSequence next = TestSequence.counting(2, 0, 20);
        cache.register(turn);
        cache.reserve(1, 10);
        cache.computed(1, 10);
        int[] blocks = {cache.table(1).block(0), cache.table(1).block(1), cache.table(1).block(2)};
        cache.register(next);
        // Two full blocks, and two tokens of the third.
        assertThat(cache.handOver(1, 2, 10)).isEqualTo(10);
        cache.forget(1);
        assertThat(cache.held(1)).isZero();
        assertThat(cache.free()).isEqualTo(7);
        assertThat(cache.table(2)).hasToString(Arrays.toString(blocks));
        assertThat(cache.needed(2, 20)).isEqualTo(2);
        cache.reserve(2, 20);
        cache.computed(2, 20);
        assertThat(cache.recognised()).isEqualTo(5);
        assertThat(cache.takeCopies()).isEmpty();
    }

    @Test
    void anEditedHistoryTakesOverWholeBlocks() {
        PagedKvCache cache = new PagedKvCache(4, 10);
        TestSequence turn = TestSequence.counting(1, 0, 12);
        TestSequence edited = TestSequence.counting(2, 0, 6);
        edited.tokens.addAll(List.of(70, 71, 72));
        cache.register(turn);
        cache.reserve(1, 12);
        cache.computed(1, 12);
        cache.register(edited);
        // The second block has two common tokens, but is known as a whole and could be shared at any time.
        assertThat(cache.handOver(1, 2, 6)).isEqualTo(4);
        cache.forget(1);
        assertThat(cache.held(2)).isEqualTo(1);
        assertThat(cache.free()).isEqualTo(9);
        // What is not handed over stays to be found.
        TestSequence again = TestSequence.counting(3, 0, 12);
        cache.register(again);
        assertThat(cache.reusable(3)).isEqualTo(3);
    }

    @Test
    void aFollowUpTakesOverWhatIsInHostMemory() {
        PagedKvCache cache = new PagedKvCache(4, 10, 6);
        cache.register(TestSequence.counting(1, 0, 16));
        cache.reserve(1, 15);
        cache.computed(1, 15);
        cache.swapOut(1, 3);
        cache.register(TestSequence.counting(2, 0, 20));
        assertThat(cache.handOver(1, 2, 15)).isEqualTo(15);
        cache.forget(1);
        assertThat(cache.held(2)).isEqualTo(1);
        assertThat(cache.hostHeld(2)).isEqualTo(3);
        assertThat(cache.hostFree()).isEqualTo(3);
        cache.swapIn(2, 3);
        assertThat(cache.held(2)).isEqualTo(4);
        assertThat(cache.hostFree()).isEqualTo(6);
        assertThatIllegalStateException().isThrownBy(() -> cache.handOver(3, 2, 1))
                .withMessage("sequence 2 holds blocks already");
    }

    /** It has computed all its full blocks and given them up. */
    private static void retired(PagedKvCache cache, long id, int... tokens) {
        cache.register(new TestSequence(id, tokens));
        cache.reserve(id, tokens.length);
        cache.retire(id, tokens.length);
    }

    private static List<Integer> reusable(PagedKvCache cache, long... ids) {
        return LongStream.of(ids).mapToObj(cache::reusable).toList();
    }

    @Test
    void whatIsSharedIsKeptForTheFirstWhoIsExpectedAndAsLongAsAnythingGoesOnFromIt() {
        PagedKvCache cache = new PagedKvCache(4, 7);
        retired(cache, 1, 0, 1, 2, 3, 10, 11, 12, 13);
        retired(cache, 2, 0, 1, 2, 3, 20, 21, 22, 23);
        retired(cache, 3, 30, 31, 32, 33, 34, 35, 36, 37);
        cache.expect(1, 60);
        cache.expect(2, 5);
        assertThat(reusable(cache, 1, 2, 3)).containsExactly(2, 2, 2);
        // Two are blank; then from the end what nobody is expected for, what is used last, and what is used first.
        cache.reserve(4, 3 * 4);
        assertThat(reusable(cache, 1, 2, 3)).containsExactly(2, 2, 1);
        cache.reserve(4, 4 * 4);
        assertThat(reusable(cache, 1, 2, 3)).containsExactly(2, 2, 0);
        cache.reserve(4, 5 * 4);
        assertThat(reusable(cache, 1, 2)).containsExactly(1, 2);
        cache.reserve(4, 6 * 4);
        assertThat(reusable(cache, 1, 2)).containsExactly(1, 1);
        cache.reserve(4, 7 * 4);
        assertThat(reusable(cache, 1, 2)).containsExactly(0, 0);
    }

    @Test
    void whoIsExpectedLaterStillIsWhenTheFirstHasComeAndGone() {
        PagedKvCache cache = new PagedKvCache(4, 6);
        retired(cache, 1, 0, 1, 2, 3, 10, 11, 12, 13);
        retired(cache, 2, 0, 1, 2, 3, 20, 21, 22, 23);
        cache.expect(1, 60);
        cache.expect(2, 5);
        cache.reserve(4, 5 * 4);
        assertThat(reusable(cache, 1, 2)).as("what they share").containsExactly(1, 1);
        cache.reuse(2, 1);
        cache.forget(2);
        cache.release(4);
        retired(cache, 3, 30, 31, 32, 33);
        cache.reserve(4, 5 * 4);
        assertThat(reusable(cache, 1, 3)).as("the other one was given up last").containsExactly(1, 0);
        cache.forget(1);
        cache.release(4);
        retired(cache, 3, 30, 31, 32, 33);
        cache.register(new TestSequence(1, 0, 1, 2, 3));
        cache.reserve(4, 5 * 4);
        assertThat(reusable(cache, 1, 3)).as("nobody is expected any more").containsExactly(0, 1);
    }

    @Test
    void theFirstOfSeveralThatAreExpectedForTheSameCounts() {
        PagedKvCache cache = new PagedKvCache(4, 3);
        retired(cache, 1, 0, 1, 2, 3);
        cache.register(new TestSequence(2, 0, 1, 2, 3));
        retired(cache, 3, 30, 31, 32, 33);
        cache.expect(1, 5);
        cache.expect(2, 60);
        cache.expect(3, 30);
        cache.reserve(4, 2 * 4);
        assertThat(reusable(cache, 1, 2, 3)).containsExactly(1, 1, 0);
    }
}
