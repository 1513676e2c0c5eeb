package io.augserve.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.SamplingOptions;
import org.junit.jupiter.api.Test;

class ForcedSequenceTest {
    private final ForcedSequence squares = new ForcedSequence(7, position -> position * position,
            SamplingOptions.greedy());

    @Test
    void whatIsComputedIsKnownAndSamplesUnlessMoreIsKnown() {
        assertThat(squares.length()).isZero();
        assertThat(squares.advance(3)).isEqualTo(new Slice(squares, 0, 3)).matches(Slice::samples);
        squares.know(6);
        assertThat(squares.advance(2)).isEqualTo(new Slice(squares, 3, 2)).matches(slice -> !slice.samples());
        assertThat(squares.advance(1)).isEqualTo(new Slice(squares, 5, 1)).matches(Slice::samples);
        assertThat(squares.computed()).isEqualTo(6);
        assertThat(squares.token(5)).isEqualTo(25);
        assertThat(squares.isOutput(5)).isFalse();
    }

    @Test
    void whatIsKnownStaysKnown() {
        squares.know(4);
        squares.know(2);
        assertThat(squares.length()).isEqualTo(4);
        assertThat(squares.computed()).isZero();
    }

    @Test
    void goesOnFromWhereItsKeysAndValuesEnd() {
        squares.advance(5);
        squares.goOnFrom(2);
        assertThat(squares.advance(1)).isEqualTo(new Slice(squares, 2, 1)).matches(slice -> !slice.samples());
        squares.know(9);
        squares.goOnFrom(8);
        assertThat(squares.advance(1)).matches(Slice::samples);
        assertThatThrownBy(() -> squares.goOnFrom(10)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sequence 7 goes on from 10: expected a part of its 9 known tokens");
        assertThatThrownBy(() -> squares.goOnFrom(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoNumberOfTokensChangesNothing() {
        squares.know(2);
        assertThatThrownBy(() -> squares.know(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length: expected >= 0, got -1");
        assertThatThrownBy(() -> squares.advance(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ForcedSequence.zeros(1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(squares.length()).isEqualTo(2);
        assertThat(squares.computed()).isZero();
    }

    @Test
    void drawsAsItsOptionsSay() {
        assertThat(ForcedSequence.zeros(1, 3).sampling()).isEqualTo(SamplingOptions.greedy());
        assertThat(ForcedSequence.zeros(1, 3).seed()).isZero();
        assertThat(ForcedSequence.zeros(1, 3).token(2)).isZero();
        SamplingOptions seeded = SamplingOptions.builder().temperature(1).seed(42).build();
        assertThat(ForcedSequence.zeros(1, 3, seeded).seed()).isEqualTo(42);
        assertThat(ForcedSequence.zeros(1, 3, seeded).sampling()).isEqualTo(seeded);
    }
}
