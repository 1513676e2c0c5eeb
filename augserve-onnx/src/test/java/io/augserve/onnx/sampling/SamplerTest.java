package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.Sample;
import io.augserve.onnx.fixture.TestSequence;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.TokenLogProb;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final SamplingOptions HOT = SamplingOptions.builder().temperature(1).build();

    private static OutputToken sample(TestSequence sequence, float... logits) {
        return sample(new Sampler(logits.length), sequence, MemorySegment.ofArray(logits));
    }

    private static OutputToken sample(Sampler sampler, TestSequence sequence, MemorySegment logits) {
        return switch (sampler.sample(logits, 0, sequence)) {
            case Sample.Token token -> token.output();
            case Sample.Fault fault -> throw new AssertionError(fault.reason());
        };
    }

    private static String fault(TestSequence sequence, float... logits) {
        return switch (new Sampler(logits.length).sample(MemorySegment.ofArray(logits), 0, sequence)) {
            case Sample.Token token -> throw new AssertionError(token);
            case Sample.Fault fault -> fault.reason();
        };
    }

    private static TestSequence greedy(SamplingOptions.Builder options) {
        return TestSequence.empty(options.build());
    }

    @Test
    void greedyTakesTheBestAndTheLowestIdAmongEquals() {
        assertThat(sample(greedy(SamplingOptions.builder()), 1, 3, 2, 3).token()).isEqualTo(1);
    }

    @Test
    void greedyHeedsBiasAndPenaltiesButNoFilter() {
        float[] logits = {1, 3, 2, 2.5f};
        assertThat(sample(greedy(SamplingOptions.builder().logitBias(Map.of(1, -1f))), logits).token()).isEqualTo(3);
        assertThat(sample(greedy(SamplingOptions.builder().presencePenalty(1)).add(true, 1, 3), logits).token())
                .as("3 - 1, 2 and 2.5 - 1: a tie of tokens 1 and 2").isEqualTo(1);
        assertThat(sample(greedy(SamplingOptions.builder().repetitionPenalty(2)).add(false, 1, 3), logits).token())
                .isEqualTo(2);
        assertThat(sample(greedy(SamplingOptions.builder().topK(1).topP(0.1).minP(1)), logits).token()).isEqualTo(1);
    }

    @Test
    void readsTheRowAtItsOffsetAndLeavesItAlone() {
        float[] rows = {9, 0, 0, 0, 9, 0};
        Sampler sampler = new Sampler(3);
        TestSequence banned = greedy(SamplingOptions.builder().logitBias(Map.of(1, Float.NEGATIVE_INFINITY)));
        assertThat(sampler.sample(MemorySegment.ofArray(rows), 12, banned))
                .isEqualTo(new Sample.Token(new OutputToken(0, Float.NaN, List.of())));
        assertThat(rows).containsExactly(9, 0, 0, 0, 9, 0);
    }

    @Test
    void refusesARowBeyondTheSegmentAndAnEmptyVocabulary() {
        Sampler sampler = new Sampler(3);
        MemorySegment segment = MemorySegment.ofArray(new float[5]);
        assertThatThrownBy(() -> sampler.sample(segment, 12, TestSequence.empty(HOT)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("byte offset 12");
        assertThatThrownBy(() -> new Sampler(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vocabularySize: expected >= 1, got 0");
    }

    @Test
    void aBrokenRowIsAFault() {
        for (SamplingOptions options : List.of(SamplingOptions.greedy(), HOT)) {
            TestSequence sequence = TestSequence.empty(options);
            assertThat(fault(sequence, 0, Float.NaN)).contains("token 1 is NaN");
            assertThat(fault(sequence, Float.POSITIVE_INFINITY, 0)).contains("token 0 is Infinity");
            assertThat(fault(sequence, Float.NEGATIVE_INFINITY)).isEqualTo("none of 1 tokens has a finite logit");
        }
    }

    @Test
    void tokensOutsideTheVocabularyAreAFault() {
        assertThat(fault(greedy(SamplingOptions.builder().logitBias(Map.of(2, 1f))), 0, 1)).contains("token 2");
        assertThat(fault(greedy(SamplingOptions.builder().presencePenalty(1)).add(false, 7), 0, 1))
                .contains("token 7");
    }

    @Test
    void aBiasThatMakesInfinityIsAFault() {
        SamplingOptions.Builder options = SamplingOptions.builder().logitBias(Map.of(0, Float.POSITIVE_INFINITY));
        assertThat(fault(greedy(options), 0, 1)).contains("token 0 is Infinity");
    }

    @Test
    void aFaultLeavesTheSamplerWhole() {
        Sampler sampler = new Sampler(2);
        TestSequence sequence = TestSequence.empty(SamplingOptions.greedy());
        assertThat(sampler.sample(MemorySegment.ofArray(new float[]{Float.NaN, 1}), 0, sequence))
                .isInstanceOf(Sample.Fault.class);
        assertThat(sample(sampler, sequence, MemorySegment.ofArray(new float[]{0, 1})).token()).isEqualTo(1);
    }

    @Test
    void drawsTheVariateOfThePositionThatFollows() {
        for (int position = 0; position < 50; position++) {
            int expected = Draw.uniform(11, position) < 0.5 ? 0 : 1;
            assertThat(sample(TestSequence.at(position, 11, HOT), 2, 2).token()).isEqualTo(expected);
        }
    }

    @Test
    void neverSamplesTheImpossible() {
        for (int position = 0; position < 1000; position++) {
            assertThat(sample(TestSequence.at(position, 1, HOT), 0, Float.NEGATIVE_INFINITY, 0).token())
                    .isNotEqualTo(1);
        }
    }

    @Test
    void samplesTheSameInWhateverOrder() {
        SamplingOptions options = SamplingOptions.builder().temperature(1.5).topK(40).topP(0.95).presencePenalty(0.5)
                .build();
        Random random = new Random(4);
        record Call(TestSequence sequence, MemorySegment logits) {}
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            float[] logits = new float[100];
            for (int token = 0; token < logits.length; token++) {
                logits[token] = (float) random.nextGaussian();
            }
            TestSequence sequence = TestSequence.at(i, i % 17, i, options).add(true, i % 100);
            calls.add(new Call(sequence, MemorySegment.ofArray(logits)));
        }
        List<Integer> fresh = calls.stream()
                .map(call -> sample(new Sampler(100), call.sequence(), call.logits()).token()).toList();
        List<Integer> order = new ArrayList<>(IntStream.range(0, 2 * calls.size()).mapToObj(i -> i / 2).toList());
        Collections.shuffle(order, random);
        Sampler shared = new Sampler(100);
        for (int i : order) {
            Call call = calls.get(i);
            assertThat(sample(shared, call.sequence(), call.logits()).token()).isEqualTo(fresh.get(i));
            if (random.nextInt(5) == 0) {
                shared.forget(call.sequence().id());
            }
        }
        assertThat(fresh.stream().distinct().count()).as("draws differ").isGreaterThan(30);
    }

    @Test
    void reportsNoLogProbUnlessAsked() {
        OutputToken output = sample(TestSequence.empty(HOT), 0, 1);
        assertThat(output.logProb()).isNaN();
        assertThat(output.top()).isEmpty();
    }

    @Test
    void zeroTopTokensStillReportTheSampledOne() {
        OutputToken output = sample(greedy(SamplingOptions.builder().logProbs(0)), 0, (float) Math.log(3));
        assertThat(output.logProb()).isCloseTo((float) Math.log(0.75), within(1e-6f));
        assertThat(output.top()).isEmpty();
    }

    @Test
    void logProbsComeAfterBiasAndPenaltiesButBeforeTemperatureAndFilters() {
        SamplingOptions.Builder options = SamplingOptions.builder().temperature(0.1).topK(1).topP(0.5).minP(0.5)
                .logitBias(Map.of(0, (float) Math.log(5))).presencePenalty(1).logProbs(2);
        // Weights 1 * 5, e * e^-1 and 4 after bias and penalty: a tenth for token 1.
        OutputToken output = sample(greedy(options).add(true, 1), 0, 1, (float) Math.log(4));
        assertThat(output.token()).isZero();
        assertThat(output.logProb()).isCloseTo((float) Math.log(0.5), within(1e-6f));
        assertThat(output.top()).extracting(TokenLogProb::token).containsExactly(0, 2);
        assertThat(output.top().get(1).logProb()).isCloseTo((float) Math.log(0.4), within(1e-6f));
    }
}
