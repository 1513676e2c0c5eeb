package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.SamplingOptions;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final float LOWEST = Float.NEGATIVE_INFINITY;

    private static Candidates candidates(float[] logits, SamplingOptions.Builder options) {
        Row row = new Row(logits.length);
        System.arraycopy(logits, 0, row.logits(), 0, logits.length);
        assertThat(row.problem()).isEmpty();
        Candidates candidates = new Candidates(logits.length, new Softmax(logits.length));
        candidates.filter(logits, logits[row.best()], options.build());
        return candidates;
    }

    private static int[] kept(float[] logits, SamplingOptions.Builder options) {
        Candidates candidates = candidates(logits, options);
        return IntStream.range(0, candidates.size()).map(candidates::id).toArray();
    }

    private static SamplingOptions.Builder hot() {
        return SamplingOptions.builder().temperature(1);
    }

    private static float[] logs(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }

    private static float[] array(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    @Test
    void withoutFiltersKeepsWhatIsPossible() {
        assertThat(kept(new float[]{1, LOWEST, -50, LOWEST, 3}, hot())).containsExactly(0, 2, 4);
    }

    @Test
    void filtersByHand() {
        float[] logits = logs(0.1, 0.4, 0.05, 0.3, 0.15);
        assertThat(kept(logits, hot().topK(3))).containsExactly(1, 3, 4);
        assertThat(kept(logits, hot().topP(0.69))).containsExactly(1, 3);
        assertThat(kept(logits, hot().topP(0.71))).containsExactly(1, 3, 4);
        assertThat(kept(logits, hot().minP(0.3))).containsExactly(1, 3, 4);
        assertThat(kept(logits, hot().minP(0.2))).containsExactly(0, 1, 3, 4);
        assertThat(kept(logits, hot().minP(1))).containsExactly(1);
    }

    @Test
    void topPCountsItsShareOfWhatTopKKept() {
        // 0.4 is 57 % of the 0.7 that top-k leaves.
        float[] logits = logs(0.1, 0.4, 0.05, 0.3, 0.15);
        assertThat(kept(logits, hot().topK(2).topP(0.55))).containsExactly(1);
        assertThat(kept(logits, hot().topP(0.55))).containsExactly(1, 3);
    }

    @Test
    void minPFollowsTheOtherFilters() {
        float[] logits = logs(0.1, 0.4, 0.05, 0.3, 0.15);
        assertThat(kept(logits, hot().topK(4).minP(0.5))).containsExactly(1, 3);
        assertThat(kept(logits, hot().topP(0.9).minP(0.3))).containsExactly(1, 3, 4);
        // Had min-p gone first, 0.4 + 0.3 would be 82 % of what it left, and top-p would drop token 4.
        assertThat(kept(logits, hot().topP(0.8).minP(0.3))).containsExactly(1, 3, 4);
    }

    @Test
    void temperatureActsBeforeTheFilters() {
        // At temperature 0.5 the weights are the squares: 16 : 9 : 2.25 : 1 : 0.25, and 16 + 9 is 88 %.
        float[] logits = logs(0.1, 0.4, 0.05, 0.3, 0.15);
        assertThat(kept(logits, hot().temperature(0.5).topP(0.85))).containsExactly(1, 3);
        assertThat(kept(logits, hot().temperature(0.5).minP(0.5))).containsExactly(1, 3);
        assertThat(kept(logits, hot().temperature(0.5).minP(0.6))).containsExactly(1);
    }

    @Test
    void drawsByInvertingTheCumulativeDistribution() {
        Candidates candidates = candidates(new float[]{0, LOWEST, (float) Math.log(2), 0}, hot());
        assertThat(candidates.draw(0)).isEqualTo(0);
        assertThat(candidates.draw(0.2499)).isEqualTo(0);
        assertThat(candidates.draw(0.2501)).isEqualTo(2);
        assertThat(candidates.draw(0.7499)).isEqualTo(2);
        assertThat(candidates.draw(0.7501)).isEqualTo(3);
        assertThat(candidates.draw(Math.nextDown(1.0))).isEqualTo(3);
    }

    @Test
    void neverDrawsAWeightThatUnderflowed() {
        Candidates candidates = candidates(new float[]{-1, 5, -1}, hot().temperature(Double.MIN_VALUE));
        assertThat(candidates.draw(0)).isEqualTo(1);
        assertThat(candidates.draw(Math.nextDown(1.0))).isEqualTo(1);
    }

    @Test
    void isUsedAgainForTheNextRow() {
        Candidates candidates = new Candidates(3, new Softmax(3));
        candidates.filter(new float[]{1, 2, 3}, 3, hot().topK(1).build());
        candidates.filter(new float[]{3, 2, 1}, 3, hot().build());
        assertThat(candidates.size()).isEqualTo(3);
    }

    @Property(seed = "2026")
    void topKKeepsK(@ForAll @Size(min = 1, max = 60) List<@FloatRange(min = -20, max = 20) Float> values,
            @ForAll @IntRange(min = 1, max = 70) int k) {
        float[] logits = array(values);
        int[] kept = kept(logits, hot().topK(k));
        assertThat(kept).hasSize(Math.min(k, logits.length)).isSorted();
        double worstKept = IntStream.of(kept).mapToDouble(i -> logits[i]).min().orElseThrow();
        assertThat(IntStream.range(0, logits.length).filter(i -> logits[i] > worstKept).count()).isLessThan(k);
    }

    @Property(seed = "2026")
    void topPKeepsTheSmallestSetThatReachesIt(
            @ForAll @Size(min = 1, max = 60) List<@FloatRange(min = -6, max = 6) Float> values,
            @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 0.99) double topP) {
        float[] logits = array(values);
        double[] p = Oracle.probabilities(logits, hot().build());
        int[] kept = kept(logits, hot().topP(topP));
        double mass = IntStream.of(kept).mapToDouble(i -> p[i]).sum();
        double lightest = IntStream.of(kept).mapToDouble(i -> p[i]).min().orElseThrow();
        assertThat(mass).as("reaches").isGreaterThan(topP - 1e-12);
        assertThat(mass - lightest).as("smallest").isLessThan(topP + 1e-12);
        assertThat(IntStream.range(0, p.length).filter(i -> p[i] > lightest).count()).as("most likely")
                .isLessThan(kept.length);
        assertThat(kept).isSorted();
    }

    @Property(seed = "2026")
    void minPKeepsTheBestAndAllThatAreLikelyEnough(
            @ForAll @Size(min = 1, max = 60) List<@FloatRange(min = -9, max = 9) Float> values,
            @ForAll @Scale(6) @DoubleRange(min = 0.001, max = 1) double minP) {
        float[] logits = array(values);
        double best = values.stream().mapToDouble(Float::doubleValue).max().orElseThrow();
        int[] expected = IntStream.range(0, logits.length).filter(i -> logits[i] - best >= Math.log(minP)).toArray();
        assertThat(kept(logits, hot().minP(minP))).isEqualTo(expected).isNotEmpty();
    }

    @Property(seed = "2026", tries = 2000)
    void noCombinationLeavesNothing(
            @ForAll @Size(min = 1, max = 40) List<@FloatRange(min = -1e30f, max = 1e30f) Float> values,
            @ForAll @Scale(9) @DoubleRange(min = 1e-9, max = 100) double temperature,
            @ForAll @IntRange(max = 50) int topK,
            @ForAll @Scale(9) @DoubleRange(min = 1e-9, max = 1) double topP, @ForAll @DoubleRange(max = 1) double minP,
            @ForAll @Scale(6) @DoubleRange(max = 0.999) double variate) {
        Candidates candidates = candidates(array(values),
                hot().temperature(temperature).topK(topK).topP(topP).minP(minP));
        assertThat(candidates.size()).isPositive();
        assertThat(candidates.draw(variate)).isBetween(0, values.size() - 1);
    }

    @Test
    void agreesWithTheDefinitionOnALargeVocabulary() {
        Random random = new Random(3);
        List<SamplingOptions.Builder> variants = List.of(hot(), hot().topK(50), hot().topP(0.9), hot().minP(0.05),
                hot().temperature(0.7).topK(1000).topP(0.95), hot().temperature(1.3).topP(0.95).minP(0.01),
                hot().temperature(0.6).topK(40).topP(0.95).minP(0.02));
        for (SamplingOptions.Builder options : variants) {
            float[] logits = new float[150_000];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) random.nextGaussian() * 3;
            }
            double[] expected = Oracle.probabilities(logits, options.build());
            Candidates candidates = candidates(logits, options);
            assertThat(IntStream.range(0, candidates.size()).map(candidates::id).toArray())
                    .isEqualTo(IntStream.range(0, expected.length).filter(i -> expected[i] > 0).toArray());
            for (int n = 0; n < 20; n++) {
                double variate = random.nextDouble();
                assertThat(candidates.draw(variate)).isEqualTo(Oracle.draw(expected, variate));
            }
        }
    }
}
