package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.Sample;
import io.augserve.onnx.fixture.TestSequence;
import io.augserve.request.SamplingOptions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** That tokens come as often as they should: chi-square tests at the 0.1 % level, with fixed seeds. */
class SamplerDistributionTest {
    private static final int DRAWS = 60_000;
    private static final float[] LOGITS = {0.3f, 1.7f, -0.4f, 2.2f, 0.9f, -3, 1.1f, 2, Float.NEGATIVE_INFINITY, -1.2f,
            0.3f, 1.5f};

    static final List<SamplingOptions> OPTIONS = List.of(hot(1).build(), hot(0.5).build(), hot(2).build(),
            hot(1).topK(1).build(), hot(1).topK(4).build(), hot(1).topP(0.2).build(), hot(1).topP(0.8).build(),
            hot(1).minP(0.2).build(), hot(1.4).topK(6).topP(0.9).build(), hot(0.8).topK(9).minP(0.1).build(),
            hot(1.2).topP(0.95).minP(0.15).build(), hot(0.7).topK(8).topP(0.9).minP(0.05).build());

    private static SamplingOptions.Builder hot(double temperature) {
        return SamplingOptions.builder().temperature(temperature);
    }

    private static long[] alongPositions(SamplingOptions options) {
        Sampler sampler = new Sampler(LOGITS.length);
        long[] counts = new long[LOGITS.length];
        for (int position = 0; position < DRAWS; position++) {
            counts[draw(sampler, TestSequence.at(position, 2026, options))]++;
        }
        return counts;
    }

    private static long[] alongSeeds(SamplingOptions options) {
        Sampler sampler = new Sampler(LOGITS.length);
        long[] counts = new long[LOGITS.length];
        for (int seed = 0; seed < DRAWS; seed++) {
            counts[draw(sampler, TestSequence.at(33, seed, options))]++;
        }
        return counts;
    }

    private static int draw(Sampler sampler, TestSequence sequence) {
        return ((Sample.Token) sampler.sample(MemorySegment.ofArray(LOGITS), 0, sequence)).output().token();
    }

    @ParameterizedTest
    @FieldSource("OPTIONS")
    void tokensComeAsOftenAsTheyShould(SamplingOptions options) {
        double[] expected = Oracle.probabilities(LOGITS, options);
        assertThat(ChiSquare.pValue(alongPositions(options), expected)).as("along positions").isGreaterThan(0.001);
        assertThat(ChiSquare.pValue(alongSeeds(options), expected)).as("along seeds").isGreaterThan(0.001);
    }

    @Test
    void biasAndPenaltiesShiftTheDistribution() {
        SamplingOptions options = hot(1).logitBias(Map.of(5, 4f)).repetitionPenalty(1.5).presencePenalty(0.3)
                .frequencyPenalty(0.2).build();
        float[] shifted = LOGITS.clone();
        shifted[5] += 4;
        shifted[1] = 1.7f / 1.5f;
        shifted[2] = -0.4f * 1.5f;
        shifted[3] = 2.2f / 1.5f - 0.3f - 2 * 0.2f;
        shifted[6] = 1.1f / 1.5f - 0.3f - 0.2f;
        Sampler sampler = new Sampler(LOGITS.length);
        long[] counts = new long[LOGITS.length];
        for (int seed = 0; seed < DRAWS; seed++) {
            counts[draw(sampler,
                    TestSequence.at(1, 0, seed, options).add(false, 1, 2).add(true, 3, 3, 6))]++;
        }
        assertThat(ChiSquare.pValue(counts, Oracle.probabilities(shifted, options))).isGreaterThan(0.001);
    }

    @Test
    void theTestTellsNeighbouringDistributionsApart() {
        long[] counts = alongPositions(hot(1).build());
        assertThat(ChiSquare.pValue(counts, Oracle.probabilities(LOGITS, hot(1.05).build()))).isLessThan(1e-4);
        assertThat(ChiSquare.pValue(counts, Oracle.probabilities(LOGITS, hot(1).topK(10).build()))).isZero();
    }
}
