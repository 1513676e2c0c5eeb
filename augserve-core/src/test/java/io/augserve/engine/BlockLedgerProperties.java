package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BlockLedgerProperties {
    enum Deed {
        RESERVE, SHRINK, RELEASE
    }

    record Operation(Deed deed, long sequence, int tokens) {}

    @Provide
    Arbitrary<List<Operation>> operations() {
        return Combinators.combine(Arbitraries.of(Deed.class), Arbitraries.longs().between(1, 6),
                Arbitraries.integers().between(0, 200)).as(Operation::new).list().ofMaxSize(60);
    }

    @Property(seed = "2026")
    void agreesWithAPlainCountUnderRandomOperations(@ForAll @IntRange(min = 1, max = 32) int blockSize,
            @ForAll @IntRange(min = 1, max = 40) int capacity, @ForAll("operations") List<Operation> operations) {
        BlockLedger ledger = new BlockLedger(blockSize, capacity);
        Map<Long, Integer> held = new HashMap<>();
        for (Operation operation : operations) {
            apply(operation, ledger, held);
            int sum = held.values().stream().mapToInt(Integer::intValue).sum();
            assertThat(ledger.free() + sum).as("free + held = capacity").isEqualTo(capacity);
            assertThat(ledger.free()).isBetween(0, capacity);
            assertThat(ledger.holders()).isEqualTo((int) held.values().stream().filter(n -> n > 0).count());
            held.forEach((sequence, blocks) -> assertThat(ledger.held(sequence)).isEqualTo(blocks));
        }
        held.keySet().forEach(ledger::release);
        assertThat(ledger.free()).isEqualTo(capacity);
    }

    private static void apply(Operation operation, BlockLedger ledger, Map<Long, Integer> held) {
        long sequence = operation.sequence();
        int before = held.getOrDefault(sequence, 0);
        int blocks = Math.ceilDiv(operation.tokens(), ledger.blockSize());
        switch (operation.deed()) {
            case RESERVE -> {
                boolean fits = ledger.needed(sequence, operation.tokens()) <= ledger.free();
                assertThat(reserves(ledger, operation)).as("reserves if and only if it fits").isEqualTo(fits);
                held.put(sequence, fits ? Math.max(before, blocks) : before);
            }
            case SHRINK -> {
                ledger.shrink(sequence, operation.tokens());
                held.put(sequence, Math.min(before, blocks));
            }
            case RELEASE -> {
                ledger.release(sequence);
                held.put(sequence, 0);
            }
        }
    }

    private static boolean reserves(BlockLedger ledger, Operation operation) {
        try {
            ledger.reserve(operation.sequence(), operation.tokens());
            return true;
        } catch (IllegalStateException full) {
            return false;
        }
    }
}
