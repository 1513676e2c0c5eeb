package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class RowTest {
    private static final float LOWEST = Float.NEGATIVE_INFINITY;

    private static Row row(float... logits) {
        Row row = new Row(logits.length);
        row.load(MemorySegment.ofArray(logits), 0);
        return row;
    }

    @Test
    void copiesTheRowAtAnOffset() {
        Row row = new Row(2);
        row.load(MemorySegment.ofArray(new float[]{1, 2, 3, 4, 5, 6}), 2 * Float.BYTES);
        assertThat(row.logits()).containsExactly(3, 4);
    }

    @Test
    void readsUnalignedNativeMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(9);
            segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 1, 1.5f);
            segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 5, -2.5f);
            Row row = new Row(2);
            row.load(segment, 1);
            assertThat(row.logits()).containsExactly(1.5f, -2.5f);
        }
    }

    @Test
    void refusesARowBeyondTheSegment() {
        MemorySegment segment = MemorySegment.ofArray(new float[5]);
        Row row = new Row(3);
        assertThatThrownBy(() -> row.load(segment, 12)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("row of 3 floats at byte offset 12: expected inside a segment of 20 bytes");
        assertThatThrownBy(() -> row.load(segment, -4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsTheBestAndTheLowestIdAmongEquals() {
        Row row = row(LOWEST, 1, 3, 3, 2);
        assertThat(row.problem()).isEmpty();
        assertThat(row.best()).isEqualTo(2);
    }

    @Test
    void acceptsTheSmallestAndGreatestFloats() {
        Row row = row(-Float.MAX_VALUE, Float.MAX_VALUE, Float.MIN_VALUE);
        assertThat(row.problem()).isEmpty();
        assertThat(row.best()).isEqualTo(1);
    }

    @Test
    void namesWhatIsNoNumber() {
        assertThat(row(0, Float.NaN, 1).problem()).contains("the logit of token 1 is NaN, expected a finite number");
        assertThat(row(0, 1, Float.POSITIVE_INFINITY).problem())
                .contains("the logit of token 2 is Infinity, expected a finite number");
    }

    @Test
    void refusesARowInWhichAllIsImpossible() {
        assertThat(row(LOWEST, LOWEST).problem()).contains("none of 2 tokens has a finite logit");
    }

    @Test
    void forgetsTheRowBefore() {
        Row row = row(9, 1);
        assertThat(row.problem()).isEmpty();
        row.load(MemorySegment.ofArray(new float[]{0, 1}), 0);
        assertThat(row.problem()).isEmpty();
        assertThat(row.best()).isEqualTo(1);
    }
}
