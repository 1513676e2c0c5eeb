package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BlockLedgerProperties {
    enum Deed {
        RESERVE, SHRINK, RELEASE, RETIRE, REUSE, SWAP_OUT, SWAP_IN, HAND_OVER, EXPECT
    }

    record Operation(Deed deed, long sequence, int amount) {}

    /** What a block was last written with. */
    private static final class Block {
        long writer = -1;
        int place;
    }

    /** The same cache with one object for each block, each of which says what is written in it. */
    private static final class Model {
        final Deque<Block> blank = new ArrayDeque<>();
        final Map<Long, List<Block>> held = new HashMap<>();
        final Map<Long, Integer> hosted = new HashMap<>();
        final SequencedMap<Long, List<Block>> retired = new LinkedHashMap<>();
        final Map<Long, Long> nextUses = new HashMap<>();

        Model(int capacity) {
            for (int i = 0; i < capacity; i++) {
                blank.add(new Block());
            }
        }

        int free() {
            return blank.size() + retired.values().stream().mapToInt(List::size).sum();
        }

        int held(long sequence) {
            return held.getOrDefault(sequence, List.of()).size();
        }

        int reusable(long sequence) {
            return retired.getOrDefault(sequence, List.of()).size();
        }

        int hosted(long sequence) {
            return hosted.getOrDefault(sequence, 0);
        }

        void grow(long sequence, int blocks) {
            List<Block> mine = held.computeIfAbsent(sequence, id -> new ArrayList<>());
            if (mine.isEmpty()) {
                forget(sequence);
            }
            while (mine.size() < blocks) {
                Block block = blank.isEmpty() ? evict() : blank.remove();
                block.writer = sequence;
                block.place = mine.size();
                mine.add(block);
            }
        }

        private Block evict() {
            long first = retired.sequencedKeySet().stream()
                    .sorted(Comparator.comparing((Long id) -> nextUses.getOrDefault(id, KvCache.BY_CHANCE)).reversed())
                    .findFirst().orElseThrow();
            Block block = retired.get(first).removeLast();
            if (retired.get(first).isEmpty()) {
                leave(first);
            }
            return block;
        }

        /** It is not retired any more. */
        List<Block> leave(long sequence) {
            nextUses.remove(sequence);
            return retired.remove(sequence);
        }

        void cut(long sequence, int blocks) {
            List<Block> mine = held.getOrDefault(sequence, new ArrayList<>());
            while (mine.size() > blocks) {
                blank.add(mine.removeLast());
            }
        }

        void forget(long sequence) {
            List<Block> gone = leave(sequence);
            if (gone != null) {
                blank.addAll(gone);
            }
        }

        void checkContents() {
            held.forEach(Model::checkContents);
            retired.forEach(Model::checkContents);
        }

        private static void checkContents(long sequence, List<Block> blocks) {
            for (int i = 0; i < blocks.size(); i++) {
                assertThat(blocks.get(i).writer).as("its own keys and values").isEqualTo(sequence);
                assertThat(blocks.get(i).place).as("a prefix").isEqualTo(i);
            }
        }
    }

    @Provide
    Arbitrary<List<Operation>> operations() {
        return Combinators.combine(Arbitraries.of(Deed.class), Arbitraries.longs().between(1, 6),
                Arbitraries.integers().between(0, 200)).as(Operation::new).list().ofMaxSize(80);
    }

    @Property(seed = "2026", tries = 3000)
    void agreesWithACacheOfRealBlocks(@ForAll @IntRange(min = 1, max = 32) int blockSize,
            @ForAll @IntRange(min = 1, max = 40) int capacity, @ForAll @IntRange(max = 10) int hostCapacity,
            @ForAll("operations") List<Operation> operations) {
        BlockLedger ledger = new BlockLedger(blockSize, capacity, hostCapacity);
        Model model = new Model(capacity);
        for (Operation operation : operations) {
            apply(operation, ledger, model);
            model.checkContents();
            int held = model.held.values().stream().mapToInt(List::size).sum();
            assertThat(ledger.free() + held).as("free + held = capacity").isEqualTo(capacity);
            assertThat(ledger.free()).isBetween(0, capacity).isEqualTo(model.free());
            assertThat(ledger.retired()).isBetween(0, ledger.free()).isEqualTo(model.free() - model.blank.size());
            assertThat(ledger.hostFree()).isEqualTo(
                    hostCapacity - model.hosted.values().stream().mapToInt(Integer::intValue).sum());
            assertThat(ledger.holders())
                    .isEqualTo((int) model.held.values().stream().filter(n -> !n.isEmpty()).count());
            for (long sequence = 1; sequence <= 6; sequence++) {
                assertThat(ledger.held(sequence)).isEqualTo(model.held(sequence));
                assertThat(ledger.hostHeld(sequence)).isEqualTo(model.hosted(sequence));
                assertThat(ledger.reusable(sequence)).isEqualTo(model.reusable(sequence));
                assertThat(ledger.reusable(sequence) == 0 || ledger.held(sequence) + ledger.hostHeld(sequence) == 0)
                        .as("who holds blocks reuses none").isTrue();
            }
        }
        for (long sequence = 1; sequence <= 6; sequence++) {
            ledger.release(sequence);
        }
        assertThat(ledger.free()).isEqualTo(capacity);
        assertThat(ledger.hostFree()).isEqualTo(hostCapacity);
        assertThat(ledger.retired()).isZero();
    }

    private static void apply(Operation operation, BlockLedger ledger, Model model) {
        long sequence = operation.sequence();
        int blocks = Math.ceilDiv(operation.amount(), ledger.blockSize());
        int held = model.held(sequence);
        int hosted = model.hosted(sequence);
        switch (operation.deed()) {
            case RESERVE -> {
                boolean fits = hosted == 0 && blocks - held <= model.free();
                assertThat(done(() -> ledger.reserve(sequence, operation.amount()))).isEqualTo(fits);
                if (fits && blocks > held) {
                    model.grow(sequence, blocks);
                }
            }
            case SHRINK -> {
                ledger.shrink(sequence, operation.amount());
                model.cut(sequence, blocks);
            }
            case RELEASE -> {
                ledger.release(sequence);
                release(sequence, model);
            }
            case RETIRE -> {
                ledger.retire(sequence, operation.amount());
                retire(sequence, Math.min(held, operation.amount() / ledger.blockSize()), model);
            }
            case REUSE -> {
                boolean there = blocks >= 1 && blocks <= model.reusable(sequence);
                assertThat(done(() -> ledger.reuse(sequence, blocks))).isEqualTo(there);
                if (there) {
                    model.held.put(sequence, model.leave(sequence));
                    model.cut(sequence, blocks);
                }
            }
            case SWAP_OUT -> {
                boolean moves = blocks >= 1 && blocks <= held && blocks <= ledger.hostFree();
                assertThat(done(() -> ledger.swapOut(sequence, blocks))).isEqualTo(moves);
                if (moves) {
                    model.cut(sequence, held - blocks);
                    model.hosted.merge(sequence, blocks, Integer::sum);
                }
            }
            case EXPECT -> {
                // Few instants, so that there are equals, and sometimes none.
                long nextUse = operation.amount() % 5 == 0 ? KvCache.BY_CHANCE : operation.amount() % 5;
                ledger.expect(sequence, nextUse);
                if (model.retired.containsKey(sequence)) {
                    model.nextUses.put(sequence, nextUse);
                }
            }
            case HAND_OVER -> handOver(sequence, operation.amount(), ledger, model);
            case SWAP_IN -> {
                boolean moves = blocks >= 1 && blocks <= hosted && blocks <= model.free();
                assertThat(done(() -> ledger.swapIn(sequence, blocks))).isEqualTo(moves);
                if (moves) {
                    model.grow(sequence, held + blocks);
                    model.hosted.merge(sequence, -blocks, Integer::sum);
                }
            }
        }
    }

    /** To the next sequence; all its tokens that fit into the giver's blocks are common, the other ones are not. */
    private static void handOver(long from, int tokens, BlockLedger ledger, Model model) {
        long to = from % 6 + 1;
        int size = ledger.blockSize();
        int held = model.held(from);
        int hosted = model.hosted(from);
        if (held + hosted > 0 && tokens > (held + hosted) * size) {
            // Nobody has keys and values of more tokens than fit into its blocks.
            return;
        }
        int[] handed = new int[1];
        boolean empty = model.held(to) + model.hosted(to) == 0;
        assertThat(done(() -> handed[0] = ledger.handOver(from, to, tokens))).isEqualTo(empty);
        if (!empty) {
            return;
        }
        assertThat(handed[0]).isEqualTo(held + hosted == 0 ? 0 : tokens);
        model.forget(to);
        model.held.remove(to);
        if (held + hosted == 0) {
            List<Block> there = model.leave(from);
            if (there != null) {
                while (there.size() > tokens / size) {
                    model.blank.add(there.removeLast());
                }
                if (!there.isEmpty()) {
                    there.forEach(block -> block.writer = to);
                    model.retired.put(to, there);
                }
            }
            return;
        }
        int blocks = Math.ceilDiv(tokens, size);
        model.cut(from, blocks);
        List<Block> mine = model.held.remove(from);
        if (mine != null) {
            mine.forEach(block -> block.writer = to);
            model.held.put(to, mine);
        }
        model.hosted.remove(from);
        model.hosted.put(to, Math.min(hosted, blocks - model.held(to)));
    }

    private static void retire(long sequence, int full, Model model) {
        if (full == 0 || model.hosted(sequence) > 0) {
            release(sequence, model);
            return;
        }
        model.cut(sequence, full);
        model.retired.put(sequence, model.held.remove(sequence));
    }

    private static void release(long sequence, Model model) {
        model.cut(sequence, 0);
        model.forget(sequence);
        model.hosted.remove(sequence);
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
