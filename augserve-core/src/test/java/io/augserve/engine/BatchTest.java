package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final Slice CHUNK = new Slice(ForcedSequence.zeros(1, 100), 32, 64);
    private static final Slice LAST_CHUNK = new Slice(ForcedSequence.zeros(2, 100), 96, 4);
    private static final Slice DECODE = new Slice(ForcedSequence.zeros(3, 12), 11, 1);

    @Test
    void countsTokensAndSamples() {
        Batch batch = new Batch(List.of(CHUNK, LAST_CHUNK, DECODE));
        assertThat(batch.tokens()).isEqualTo(69);
        assertThat(batch.samples()).isEqualTo(2);
    }

    @Test
    void keepsItsOwnCopy() {
        List<Slice> slices = new ArrayList<>(List.of(CHUNK));
        Batch batch = new Batch(slices);
        slices.clear();
        assertThat(batch.slices()).containsExactly(CHUNK);
    }

    @Test
    void refusesToBeEmpty() {
        assertThatThrownBy(() -> new Batch(List.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch needs at least one slice or swap");
    }
}
