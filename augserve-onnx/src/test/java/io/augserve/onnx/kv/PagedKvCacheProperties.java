package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.KvCache;
import io.augserve.onnx.fixture.TestSequence;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.constraints.IntRange;

/** Whatever is done to a cache, it counts as the naive one does, and every sequence reads its own keys and values. */
class PagedKvCacheProperties {
    private static final int SEQUENCES = 5;

    private enum Deed {
        STEP, REUSE_AND_STEP, REUSE, ABORT, SHRINK, RETIRE, RELEASE, SWAP_OUT, SWAP_IN, COPY, END, HAND_OVER, EXPECT
    }

    /** Something done to one sequence; {@code bits} are the tokens it gets, if any. */
    private record Action(Deed deed, int sequence, int amount, int bits) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators
                .combine(Arbitraries.of(Deed.class), Arbitraries.integers().between(0, SEQUENCES - 1),
                        Arbitraries.integers().between(0, 8).withDistribution(RandomDistribution.uniform()),
                        Arbitraries.integers().between(0, 7))
                .as(Action::new).list().ofMinSize(40).ofMaxSize(100);
    }

    @Property(tries = 2000, seed = "2026", edgeCases = EdgeCasesMode.NONE)
    void countsAsTheNaiveOneAndReadsWhatWasWritten(@ForAll("actions") List<Action> actions,
            @ForAll @IntRange(min = 1, max = 3) int blockSize, @ForAll @IntRange(min = 2, max = 14) int capacity,
            @ForAll @IntRange(max = 8) int hostCapacity, @ForAll boolean collisions) {
        Run run = new Run(new PagedKvCache(blockSize, capacity, hostCapacity,
                collisions ? (parent, tokens) -> 0 : ChainHash.mixing()));
        for (Action action : actions) {
            run.apply(action);
            run.check();
        }
        run.sequences.forEach(sequence -> run.cache.forget(sequence.id()));
        assertThat(run.cache.free()).isEqualTo(capacity);
        assertThat(run.cache.hostFree()).isEqualTo(hostCapacity);
        assertThat(run.cache.shared()).isZero();
    }

    /** One cache, its naive twin and the memory behind it. */
    private static final class Run {
        final PagedKvCache cache;
        final NaiveKvCache naive;
        final FakeMemory memory;
        final List<TestSequence> sequences = new ArrayList<>();

        Run(PagedKvCache cache) {
            this.cache = cache;
            this.naive = new NaiveKvCache(cache.blockSize(), cache.capacity(), cache.hostCapacity());
            this.memory = new FakeMemory(cache);
            for (int i = 0; i < SEQUENCES; i++) {
                sequences.add(new TestSequence(i, 0));
                cache.register(sequences.get(i));
            }
        }

        void apply(Action action) {
            TestSequence sequence = sequences.get(action.sequence());
            if (action.deed() == Deed.SWAP_IN) {
                // Few are in host memory, and random ones would hardly ever come back.
                sequence = sequences.stream().filter(each -> cache.hostHeld(each.id()) > 0).findFirst()
                        .orElse(sequence);
            }
            long id = sequence.id();
            switch (action.deed()) {
                case STEP -> step(sequence, action.amount(), action.bits(), true);
                case REUSE_AND_STEP -> {
                    // As serving does it: everything that is there, but for the last known token.
                    int blocks = Math.min(cache.reusable(id), (sequence.length() - 1) / cache.blockSize());
                    if (blocks > 0) {
                        reuse(sequence, blocks);
                    }
                    step(sequence, action.amount(), action.bits(), true);
                }
                case REUSE -> reuse(sequence, action.amount() / 2);
                case ABORT -> step(sequence, action.amount(), action.bits(), false);
                case SHRINK -> {
                    if (naive.host(id).isEmpty()) {
                        cache.shrink(id, action.amount());
                        naive.shrink(id, action.amount());
                    }
                }
                case RETIRE -> {
                    cache.retire(id, naive.computed(id));
                    naive.release(id);
                }
                case RELEASE -> {
                    cache.release(id);
                    naive.release(id);
                }
                case SWAP_OUT -> {
                    int amount = action.amount() / 2;
                    boolean moves = amount >= 1 && amount <= naive.device(id).size() && amount <= naive.hostFree();
                    assertThat(done(() -> cache.swapOut(id, amount))).isEqualTo(moves);
                    if (moves) {
                        naive.swapOut(id, amount);
                    }
                }
                case SWAP_IN -> {
                    int hosted = naive.host(id).size();
                    int amount = action.bits() > 1 ? hosted : action.amount() / 2;
                    boolean moves = amount >= 1 && amount <= hosted && amount <= naive.free();
                    assertThat(done(() -> cache.swapIn(id, amount))).isEqualTo(moves);
                    if (moves) {
                        naive.swapIn(id, amount);
                    }
                }
                case EXPECT -> {
                    // Few instants, so that there are equals, and sometimes none.
                    long nextUse = action.bits() == 0 ? KvCache.BY_CHANCE : action.bits() / 2;
                    cache.expect(id, nextUse);
                    naive.expect(sequence, nextUse);
                }
                case HAND_OVER -> handOver(sequence, action.amount(), action.bits());
                case COPY -> memory.copy();
                case END -> {
                    cache.forget(id);
                    naive.release(id);
                    sequences.set(action.sequence(), new TestSequence(id, 0));
                    cache.register(sequences.get(action.sequence()));
                }
            }
        }

        /** As serving does it: a new sequence begins like another one, takes over what that has of its beginning, and that one ends. */
        private void handOver(TestSequence from, int less, int bits) {
            int common = Math.max(0, from.length() - less);
            TestSequence to = new TestSequence((from.id() + 1) % SEQUENCES, 0);
            cache.forget(to.id());
            naive.release(to.id());
            to.tokens.clear();
            to.tokens.addAll(from.tokens.subList(0, common));
            to.tokens.add(bits & 1);
            sequences.set((int) to.id(), to);
            cache.register(to);
            int tokens = naive.computed(from.id()) == 0 ? common : Math.min(common, naive.computed(from.id()));
            assertThat(cache.handOver(from.id(), to.id(), tokens))
                    .isEqualTo(naive.handOver(from.id(), to.id(), tokens));
            cache.forget(from.id());
            naive.release(from.id());
            sequences.set((int) from.id(), new TestSequence(from.id(), 0));
            cache.register(sequences.get((int) from.id()));
            if (naive.host(to.id()).isEmpty()) {
                memory.copy();
                memory.checkPrefix(to, naive.computed(to.id()));
            }
        }

        private void reuse(TestSequence sequence, int blocks) {
            boolean there = blocks >= 1 && blocks <= naive.reusable(sequence);
            assertThat(done(() -> cache.reuse(sequence.id(), blocks))).isEqualTo(there);
            if (there) {
                naive.reuse(sequence, blocks);
            }
        }

        /** Reserves and, if it runs, computes the next tokens, after appending what is missing; or gives the blocks back. */
        private void step(TestSequence sequence, int tokens, int bits, boolean runs) {
            long id = sequence.id();
            int start = naive.computed(id);
            int end = start + tokens;
            while (sequence.length() < end) {
                sequence.tokens.add(bits >> sequence.length() % 3 & 1);
            }
            int needed = naive.needed(id, end);
            assertThat(cache.needed(id, end)).isEqualTo(needed);
            boolean fits = naive.host(id).isEmpty() && needed <= naive.free();
            assertThat(done(() -> cache.reserve(id, end))).isEqualTo(fits);
            if (!fits) {
                return;
            }
            naive.reserve(id, end);
            if (runs) {
                memory.step(sequence, start, end);
                naive.computed(sequence, end);
            } else {
                cache.shrink(id, start);
                naive.shrink(id, start);
            }
        }

        void check() {
            assertThat(cache.free()).isEqualTo(naive.free());
            assertThat(cache.hostFree()).isEqualTo(naive.hostFree());
            assertThat(cache.shared()).isEqualTo(naive.shared());
            int held = 0;
            int[] owners = new int[cache.capacity()];
            for (TestSequence sequence : sequences) {
                long id = sequence.id();
                held += cache.held(id);
                assertThat(cache.held(id)).isEqualTo(naive.device(id).size());
                assertThat(cache.hostHeld(id)).isEqualTo(naive.host(id).size());
                assertThat(cache.exclusive(id)).isEqualTo(naive.exclusive(id));
                assertThat(cache.reusable(id)).as("reusable").isEqualTo(naive.reusable(sequence));
                for (int i = 0; i < cache.table(id).size(); i++) {
                    owners[cache.table(id).block(i)]++;
                }
            }
            assertThat(held + cache.free()).isEqualTo(cache.capacity() + cache.shared());
            for (int block : cache.freeBlocks()) {
                assertThat(owners[block]).as("a free block has no owner").isZero();
                owners[block] = -1;
            }
            for (int block = 0; block < owners.length; block++) {
                assertThat(cache.holders(block)).isEqualTo(Math.max(0, owners[block]));
                assertThat(owners[block]).as("free once or held").isNotZero();
            }
        }
    }

    private static boolean done(Runnable deed) {
        try {
            deed.run();
            return true;
        } catch (IllegalStateException refused) {
            return false;
        }
    }
}
