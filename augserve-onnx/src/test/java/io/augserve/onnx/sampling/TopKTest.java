package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TopKTest {
    private static int[] sorted(float[] logits, int k) {
        int[] ids = new int[Math.min(k, logits.length)];
        return Arrays.copyOf(ids, TopK.selectSorted(logits, ids.length, ids));
    }

    private static int[] bySorting(float[] logits, int k) {
        return IntStream.range(0, logits.length).filter(i -> logits[i] != Float.NEGATIVE_INFINITY).boxed()
                .sorted((a, b) -> logits[a] != logits[b] ? Float.compare(logits[b], logits[a]) : a - b).limit(k)
                .mapToInt(Integer::intValue).toArray();
    }

    @Test
    void takesTheHighestBestFirst() {
        assertThat(sorted(new float[]{1, 5, 3, 4}, 3)).containsExactly(1, 3, 2);
    }

    @Test
    void takesTheLowestIdsAmongEquals() {
        assertThat(sorted(new float[]{2, 7, 2, 7, 2}, 3)).containsExactly(1, 3, 0);
    }

    @Test
    void takesNoneForZeroAndNoImpossibleOne() {
        assertThat(sorted(new float[]{1, 2}, 0)).isEmpty();
        assertThat(sorted(new float[]{Float.NEGATIVE_INFINITY, 2, Float.NEGATIVE_INFINITY}, 2)).containsExactly(1);
    }

    @Property(seed = "2026")
    void equalsSorting(@ForAll @Size(min = 1, max = 60) List<@IntRange(min = -6, max = 6) Integer> values,
            @ForAll @IntRange(max = 70) int k) {
        // Few distinct values, so that there are ties; -6 stands for minus infinity.
        float[] logits = new float[values.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = values.get(i) == -6 ? Float.NEGATIVE_INFINITY : values.get(i);
        }
        assertThat(sorted(logits, k)).isEqualTo(bySorting(logits, k));
    }

    @Test
    void equalsSortingOnALargeVocabulary() {
        Random random = new Random(1);
        float[] logits = new float[150_000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 4;
        }
        for (int k : new int[]{1, 50, 5_000, 150_000}) {
            assertThat(sorted(logits, k)).isEqualTo(bySorting(logits, k));
        }
    }

    @Test
    void copesWithAscendingLogits() {
        float[] logits = new float[10_000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = i;
        }
        assertThat(sorted(logits, 3)).containsExactly(9_999, 9_998, 9_997);
    }
}
