package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.Sequence;
import io.augserve.onnx.fixture.TestSequence;
import io.augserve.request.SamplingOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenCountsTest {
    private final TokenCounts counts = new TokenCounts();

    private static TestSequence empty() {
        return TestSequence.empty(SamplingOptions.greedy());
    }

    private static Map<Integer, Integer> toMap(TokenCounts.Counts counts) {
        Map<Integer, Integer> map = new HashMap<>();
        counts.forEach((token, outputs) -> assertThat(map.put(token, outputs)).isNull());
        return map;
    }

    @Test
    void tellsOutputsFromWhatWasGiven() {
        TestSequence sequence = empty().add(false, 4, 5, 4).add(true, 5, 6, 6).add(false, 6, 7);
        assertThat(toMap(counts.of(sequence))).isEqualTo(Map.of(4, 0, 5, 1, 6, 2, 7, 0));
        assertThat(counts.of(sequence).highest()).isEqualTo(7);
    }

    @Test
    void countsNothingInNothing() {
        assertThat(toMap(counts.of(empty()))).isEmpty();
        assertThat(counts.of(empty()).highest()).isEqualTo(-1);
    }

    @Test
    void keepsSequencesApart() {
        assertThat(toMap(counts.of(new TestSequence(1).add(true, 3)))).isEqualTo(Map.of(3, 1));
        assertThat(toMap(counts.of(new TestSequence(2).add(true, 4)))).isEqualTo(Map.of(4, 1));
        assertThat(counts.size()).isEqualTo(2);
    }

    @Test
    void looksAtEachTokenOnce() {
        AtomicInteger looks = new AtomicInteger();
        TestSequence tokens = empty().add(false, 1, 2, 3);
        counts.of(new Watched(tokens, looks));
        assertThat(looks).hasValue(3);
        counts.of(new Watched(tokens, looks));
        assertThat(looks).hasValue(3);
        counts.of(new Watched(tokens.add(true, 4), looks));
        assertThat(looks).hasValue(4);
    }

    @Test
    void countsAgainWhatWasForgotten() {
        TestSequence sequence = empty().add(true, 1, 1);
        counts.of(sequence);
        counts.forget(sequence.id());
        counts.forget(99);
        assertThat(counts.size()).isZero();
        assertThat(toMap(counts.of(sequence.add(true, 2)))).isEqualTo(Map.of(1, 2, 2, 1));
    }

    @Property(seed = "2026")
    void equalsAPlainCountHoweverTheSequenceGrows(
            @ForAll @Size(max = 20) List<@Size(max = 40) List<@IntRange(max = 300) Integer>> parts) {
        TokenCounts fresh = new TokenCounts();
        TestSequence sequence = empty();
        Map<Integer, Integer> expected = new HashMap<>();
        boolean output = false;
        for (List<Integer> part : parts) {
            int times = output ? 1 : 0;
            part.forEach(token -> expected.merge(token, times, Integer::sum));
            sequence.add(output, part.stream().mapToInt(Integer::intValue).toArray());
            assertThat(toMap(fresh.of(sequence))).isEqualTo(expected);
            output = !output;
        }
    }

    /** Counts how often tokens are read. */
    private record Watched(TestSequence inner, AtomicInteger looks) implements Sequence {
        @Override
        public long id() {
            return inner.id();
        }

        @Override
        public int length() {
            return inner.length();
        }

        @Override
        public int token(int position) {
            looks.incrementAndGet();
            return inner.token(position);
        }

        @Override
        public SamplingOptions sampling() {
            return inner.sampling();
        }

        @Override
        public long seed() {
            return inner.seed();
        }

        @Override
        public boolean isOutput(int position) {
            return inner.isOutput(position);
        }
    }
}
