package io.augserve.onnx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.runtime.ElementType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RehearsalTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Allocates as uncompiled code does, up to a run. */
    private static final class Piece implements Runnable {
        private final int loudRuns;
        private final List<String> log;
        private byte[] garbage = {};
        private int runs;

        Piece(int loudRuns, List<String> log) {
            this.loudRuns = loudRuns;
            this.log = log;
        }

        @Override
        public void run() {
            if (runs++ < loudRuns) {
                garbage = new byte[10_000];
                return;
            }
            if (runs == loudRuns + 1) {
                log.add(loudRuns + " after " + garbage.length);
            }
        }
    }

    @Test
    void eachPieceRunsUntilItAllocatesNothingBeforeTheNextBegins() {
        List<String> log = new ArrayList<>();
        List<Piece> pieces = List.of(new Piece(500, log), new Piece(0, log), new Piece(2_000, log));
        Rehearsal.run(List.copyOf(pieces), LONG);
        assertThat(log).containsExactly("500 after 10000", "0 after 0", "2000 after 10000");
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.runs - piece.loudRuns).isBetween(64, 127 + 64));
    }

    @Test
    void aPieceThatNeverBecomesQuietEndsWithTheTime() {
        Piece loud = new Piece(Integer.MAX_VALUE, new ArrayList<>());
        Rehearsal.run(List.of(loud), Duration.ofMillis(2));
        Piece late = new Piece(0, new ArrayList<>());
        Rehearsal.run(List.of(late), Duration.ZERO);
        assertThat(late.runs).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 24, 256})
    void attentionIsRehearsedWithAnyBlocks(int blockSize) {
        for (ElementType cache : List.of(ElementType.FLOAT, ElementType.FLOAT16)) {
            Runnable piece = AttentionRehearsal.of(blockSize, cache);
            piece.run();
            piece.run();
        }
    }
}
