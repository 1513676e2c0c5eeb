package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceTest {
    private static final Sequence TEN = ForcedSequence.zeros(7, 10);

    @Test
    void samplesOnlyWhenItReachesTheLastKnownToken() {
        assertThat(new Slice(TEN, 0, 4).samples()).isFalse();
        assertThat(new Slice(TEN, 4, 5).samples()).isFalse();
        assertThat(new Slice(TEN, 4, 6).samples()).isTrue();
        assertThat(new Slice(TEN, 9, 1).samples()).isTrue();
        assertThat(new Slice(TEN, 3, 4).end()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"-1, 2", "0, 0", "3, -1", "0, 11", "10, 1", "9, 2"})
    void refusesPositionsThatAreNotKnown(int start, int count) {
        assertThatThrownBy(() -> new Slice(TEN, start, count)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slice [" + start + ", " + (start + count)
                        + ") of sequence 7: expected a part of [0, 10)");
    }

    @Test
    void refusesPositionsWhoseEndOverflows() {
        assertThatThrownBy(() -> new Slice(TEN, Integer.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slice [2147483647, 2147483648) of sequence 7: expected a part of [0, 10)");
        assertThatThrownBy(() -> new Slice(TEN, 1, Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(seed = "2026")
    void cutInTwoOnlyTheSecondHalfSamples(@ForAll @IntRange(min = 2, max = 1000) int length,
            @ForAll @IntRange(min = 1, max = 999) int cut) {
        int at = 1 + (cut - 1) % (length - 1);
        Sequence sequence = ForcedSequence.zeros(1, length);
        Slice first = new Slice(sequence, 0, at);
        Slice second = new Slice(sequence, first.end(), length - at);
        assertThat(first.samples()).isFalse();
        assertThat(second.samples()).isTrue();
    }
}
