package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.TestSequence;
import io.augserve.request.SamplingOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
    private static final float LOWEST = Float.NEGATIVE_INFINITY;

    private final Penalties penalties = new Penalties();

    private static TestSequence sequence(SamplingOptions.Builder options) {
        return TestSequence.empty(options.build()).add(false, 0, 1).add(true, 2, 2, 4);
    }

    @Test
    void changesNothingByDefaultAndRemembersNothing() {
        float[] logits = {2, -2, 1, 0, -1, 3};
        assertThat(penalties.apply(logits, sequence(SamplingOptions.builder()))).isEmpty();
        assertThat(logits).containsExactly(2, -2, 1, 0, -1, 3);
        assertThat(penalties.remembered()).isZero();
    }

    @Test
    void addsBias() {
        float[] logits = {2, -2, 1};
        penalties.apply(logits, sequence(SamplingOptions.builder().logitBias(Map.of(0, -1.5f, 2, 4f))));
        assertThat(logits).containsExactly(0.5f, -2, 5);
    }

    @Test
    void bansByABiasOfMinusInfinity() {
        float[] logits = {2, -2, 1};
        penalties.apply(logits, sequence(SamplingOptions.builder().logitBias(Map.of(1, LOWEST))));
        assertThat(logits).containsExactly(2, LOWEST, 1);
    }

    @Test
    void repetitionDividesPositiveAndMultipliesNegativeLogitsOfPromptAndOutput() {
        float[] logits = {2, -2, 1, 7, 0, 3};
        penalties.apply(logits, sequence(SamplingOptions.builder().repetitionPenalty(4)));
        assertThat(logits).containsExactly(0.5f, -8, 0.25f, 7, 0, 3);
    }

    @Test
    void presenceIsTakenOnceFromOutputsOnly() {
        float[] logits = {2, -2, 1, 0, -1, 3};
        penalties.apply(logits, sequence(SamplingOptions.builder().presencePenalty(0.5)));
        assertThat(logits).containsExactly(2, -2, 0.5f, 0, -1.5f, 3);
    }

    @Test
    void frequencyIsTakenForEveryTimeATokenWasOutput() {
        float[] logits = {2, -2, 1, 0, -1, 3};
        penalties.apply(logits, sequence(SamplingOptions.builder().frequencyPenalty(-0.25)));
        assertThat(logits).containsExactly(2, -2, 1.5f, 0, -0.75f, 3);
    }

    @Test
    void appliesAllInTheirOrder() {
        float[] logits = {2, -2, 1, 0, -1, 3};
        penalties.apply(logits, sequence(SamplingOptions.builder().logitBias(Map.of(0, 1f, 5, -1.5f))
                .repetitionPenalty(2).presencePenalty(0.5).frequencyPenalty(0.25)));
        // (2 + 1) / 2; -2 * 2; 1 / 2 - 0.5 - 2 * 0.25; 0; -1 * 2 - 0.5 - 0.25; 3 - 1.5
        assertThat(logits).containsExactly(1.5f, -4, -0.5f, 0, -2.75f, 1.5f);
    }

    @Test
    void leavesTheImpossibleImpossible() {
        float[] logits = {LOWEST, 0, LOWEST, 0, 0, 0};
        penalties.apply(logits,
                sequence(SamplingOptions.builder().repetitionPenalty(2).presencePenalty(-2).frequencyPenalty(-2)));
        assertThat(logits).containsExactly(LOWEST, 0, LOWEST, 0, 4, 0);
    }

    @Test
    void namesABiasedTokenOutsideTheVocabulary() {
        assertThat(penalties.apply(new float[3], sequence(SamplingOptions.builder().logitBias(Map.of(3, 1f)))))
                .contains("logitBias token 3: expected < 3");
    }

    @Test
    void namesAKnownTokenOutsideTheVocabulary() {
        assertThat(penalties.apply(new float[4], sequence(SamplingOptions.builder().presencePenalty(1))))
                .contains("token 4 of the sequence: expected < 4");
    }

    @Test
    void followsAGrowingSequence() {
        TestSequence sequence = sequence(SamplingOptions.builder().frequencyPenalty(1));
        float[] before = new float[6];
        penalties.apply(before, sequence);
        float[] after = new float[6];
        penalties.apply(after, sequence.add(true, 2, 5).add(false, 3));
        assertThat(before).containsExactly(0, 0, -2, 0, -1, 0);
        assertThat(after).containsExactly(0, 0, -3, 0, -1, -1);
        assertThat(penalties.remembered()).isEqualTo(1);
        penalties.forget(sequence.id());
        assertThat(penalties.remembered()).isZero();
    }
}
