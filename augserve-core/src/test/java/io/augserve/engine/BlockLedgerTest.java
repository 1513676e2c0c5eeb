package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockLedgerTest {
    private final BlockLedger ledger = new BlockLedger(16, 10);

    @Test
    void startsFree() {
        assertThat(ledger.blockSize()).isEqualTo(16);
        assertThat(ledger.capacity()).isEqualTo(10);
        assertThat(ledger.free()).isEqualTo(10);
        assertThat(ledger.held(1)).isZero();
        assertThat(ledger.holders()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "15, 1", "16, 1", "17, 2", "160, 10", "2147483647, 134217728"})
    void roundsTokensUpToBlocks(int tokens, int blocks) {
        assertThat(ledger.blocksFor(tokens)).isEqualTo(blocks);
    }

    @Test
    void reservesOnlyWhatIsMissing() {
        ledger.reserve(1, 17);
        assertThat(ledger.held(1)).isEqualTo(2);
        assertThat(ledger.needed(1, 32)).isZero();
        ledger.reserve(1, 32);
        assertThat(ledger.held(1)).isEqualTo(2);
        assertThat(ledger.needed(1, 33)).isEqualTo(1);
        ledger.reserve(1, 33);
        assertThat(ledger.held(1)).isEqualTo(3);
        assertThat(ledger.free()).isEqualTo(7);
    }

    @Test
    void neverShrinksByReserving() {
        ledger.reserve(1, 64);
        ledger.reserve(1, 1);
        assertThat(ledger.held(1)).isEqualTo(4);
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() {
        ledger.reserve(1, 16 * 7);
        ledger.reserve(2, 16);
        assertThatThrownBy(() -> ledger.reserve(2, 16 * 4)).isInstanceOf(IllegalStateException.class)
                .hasMessage("sequence 2 needs 3 more blocks for 64 tokens, 2 of 10 are free");
        assertThat(ledger.held(2)).isEqualTo(1);
        assertThat(ledger.free()).isEqualTo(2);
        assertThatThrownBy(() -> ledger.reserve(3, 16 * 3)).isInstanceOf(IllegalStateException.class);
        assertThat(ledger.holders()).isEqualTo(2);
    }

    @Test
    void shrinksToWhatTheTokensFill() {
        ledger.reserve(1, 16 * 5);
        ledger.shrink(1, 33);
        assertThat(ledger.held(1)).isEqualTo(3);
        ledger.shrink(1, 100);
        assertThat(ledger.held(1)).isEqualTo(3);
        ledger.shrink(1, 0);
        assertThat(ledger.holders()).isZero();
        assertThat(ledger.free()).isEqualTo(10);
    }

    @Test
    void releasingTwiceOrAStrangerDoesNothing() {
        ledger.reserve(1, 16);
        ledger.release(1);
        ledger.release(1);
        ledger.release(99);
        assertThat(ledger.free()).isEqualTo(10);
    }

    @Test
    void whatIsRetiredCanBeReused() {
        ledger.reserve(1, 70);
        ledger.retire(1, 69);
        // Five blocks held, four of them full.
        assertThat(ledger.free()).isEqualTo(10);
        assertThat(ledger.held(1)).isZero();
        assertThat(ledger.reusable(1)).isEqualTo(4);
        assertThat(ledger.retired()).isEqualTo(4);
        ledger.reuse(1, 3);
        assertThat(ledger.held(1)).isEqualTo(3);
        assertThat(ledger.free()).isEqualTo(7);
        assertThat(ledger.retired()).as("the fourth is forgotten").isZero();
        assertThatThrownBy(() -> ledger.reuse(1, 1)).hasMessage("sequence 1: expected 1 to 0 blocks to reuse, got 1");
    }

    @Test
    void overwritesBlankBlocksThenTheTailOfWhatRetiredFirst() {
        ledger.reserve(1, 16 * 4);
        ledger.reserve(2, 16 * 4);
        ledger.retire(2, 64);
        ledger.retire(1, 64);
        ledger.reserve(3, 16 * 2);
        assertThat(ledger.reusable(1) + ledger.reusable(2)).as("two blocks were blank").isEqualTo(8);
        ledger.reserve(3, 16 * 3);
        assertThat(ledger.reusable(2)).isEqualTo(3);
        ledger.reserve(3, 16 * 7);
        assertThat(ledger.reusable(2)).isZero();
        assertThat(ledger.reusable(1)).isEqualTo(3);
    }

    @Test
    void startingOverOrLeavingForgetsWhatWasRetired() {
        ledger.reserve(1, 32);
        ledger.retire(1, 32);
        ledger.reserve(1, 1);
        assertThat(ledger.reusable(1)).isZero();
        ledger.reserve(2, 32);
        ledger.retire(2, 32);
        ledger.release(2);
        assertThat(ledger.reusable(2)).isZero();
        assertThat(ledger.free()).isEqualTo(9);
        assertThat(ledger.retired()).isZero();
    }

    @Test
    void refusesNegativeTokens() {
        assertThatThrownBy(() -> ledger.retire(1, -1)).isInstanceOf(IllegalArgumentException.class);
        ledger.reserve(1, 16);
        assertThatThrownBy(() -> ledger.reserve(1, -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokens of sequence 1: expected >= 0, got -1");
        assertThatThrownBy(() -> ledger.shrink(1, -100)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ledger.held(1)).isEqualTo(1);
        assertThat(ledger.free()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-16, 10"})
    void refusesSizesBelowOne(int blockSize, int capacity) {
        assertThatThrownBy(() -> new BlockLedger(blockSize, capacity)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected blockSize >= 1, capacity >= 1 and hostCapacity >= 0, got " + blockSize + ", "
                        + capacity + " and 0");
    }

    @Test
    void handsOverWhatTwoSequencesHaveInCommon() {
        ledger.reserve(1, 50);
        assertThat(ledger.handOver(1, 2, 40)).isEqualTo(40);
        assertThat(ledger.held(1)).isZero();
        // 40 tokens are two blocks of 16 and a half one.
        assertThat(ledger.held(2)).isEqualTo(3);
        assertThat(ledger.free()).isEqualTo(7);
        assertThat(ledger.retired()).isZero();
        assertThatThrownBy(() -> ledger.handOver(3, 2, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("sequence 2 holds blocks already");
        assertThat(ledger.handOver(2, 3, 0)).isZero();
        assertThat(ledger.free()).isEqualTo(10);
    }

    @Test
    void handsOverWhatIsInHostMemory() {
        BlockLedger swapping = new BlockLedger(16, 10, 8);
        swapping.reserve(1, 80);
        swapping.swapOut(1, 3);
        assertThat(swapping.handOver(1, 2, 60)).isEqualTo(60);
        assertThat(swapping.held(2)).isEqualTo(2);
        assertThat(swapping.hostHeld(2)).isEqualTo(2);
        assertThat(swapping.hostFree()).isEqualTo(6);
        assertThat(swapping.handOver(2, 3, 20)).isEqualTo(20);
        assertThat(swapping.held(3)).isEqualTo(2);
        assertThat(swapping.hostFree()).isEqualTo(8);
    }

    @Test
    void handsOverWhatWasRetired() {
        ledger.reserve(1, 50);
        ledger.retire(1, 50);
        assertThat(ledger.handOver(1, 2, 40)).isZero();
        assertThat(ledger.reusable(1)).isZero();
        assertThat(ledger.reusable(2)).isEqualTo(2);
        assertThat(ledger.retired()).isEqualTo(2);
        assertThat(ledger.free()).isEqualTo(10);
    }

    /** Where the order of least recent use would take the first one. */
    @Test
    void whatIsExpectedLatestIsOverwrittenFirstFromItsTail() {
        BlockLedger cache = new BlockLedger(16, 9);
        for (long sequence = 1; sequence <= 3; sequence++) {
            cache.reserve(sequence, 48);
        }
        for (long sequence = 1; sequence <= 3; sequence++) {
            cache.retire(sequence, 48);
        }
        cache.expect(1, 5);
        cache.expect(2, 60);
        cache.expect(3, 30);
        cache.reserve(4, 4 * 16);
        assertThat(List.of(cache.reusable(1), cache.reusable(2), cache.reusable(3))).containsExactly(3, 0, 2);
        // The tool of the first is overdue, and the third is back.
        cache.expect(1, 90);
        cache.reuse(3, 2);
        cache.reserve(4, 5 * 16);
        assertThat(cache.reusable(1)).isEqualTo(2);
        // Nobody is expected for what it has now until that is said.
        cache.retire(3, 32);
        cache.reserve(4, 6 * 16);
        assertThat(List.of(cache.reusable(1), cache.reusable(3))).containsExactly(2, 1);
    }

    @Test
    void expectationsOfWhoHoldsOrHasNothingAreNone() {
        BlockLedger cache = new BlockLedger(16, 4);
        cache.reserve(1, 32);
        cache.expect(1, 5);
        cache.expect(2, 5);
        cache.retire(1, 32);
        cache.reserve(2, 32);
        cache.retire(2, 32);
        cache.reserve(3, 16);
        assertThat(List.of(cache.reusable(1), cache.reusable(2))).containsExactly(1, 2);
    }

    @Test
    void whatIsHandedOverIsExpectedByNobody() {
        BlockLedger cache = new BlockLedger(16, 4);
        cache.reserve(1, 32);
        cache.reserve(2, 32);
        cache.retire(1, 32);
        cache.retire(2, 32);
        cache.expect(1, 5);
        cache.expect(2, 60);
        cache.handOver(1, 3, 32);
        cache.reserve(4, 16);
        assertThat(List.of(cache.reusable(3), cache.reusable(2))).containsExactly(1, 2);
    }
}
