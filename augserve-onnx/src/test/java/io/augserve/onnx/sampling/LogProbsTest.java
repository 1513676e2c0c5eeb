package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.request.TokenLogProb;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LogProbsTest {
    private static final float LOWEST = Float.NEGATIVE_INFINITY;

    private static LogProbs logProbs(float... logits) {
        int best = IntStream.range(0, logits.length).reduce((a, b) -> logits[b] > logits[a] ? b : a).orElseThrow();
        return new LogProbs(logits, best, new Softmax(logits.length));
    }

    @Test
    void areThoseOfTheSoftmax() {
        LogProbs logProbs = logProbs(0, (float) Math.log(3));
        assertThat(logProbs.of(0)).isCloseTo(Math.log(0.25), within(1e-7));
        assertThat(logProbs.of(1)).isCloseTo(Math.log(0.75), within(1e-7));
    }

    @Test
    void stayFiniteForLogitsWhoseExponentialsOverflow() {
        LogProbs logProbs = logProbs(1e30f, 1e30f, -1e30f);
        assertThat(logProbs.of(0)).isCloseTo(-Math.log(2), within(1e-9));
        assertThat(logProbs.of(2)).isCloseTo(-2e30, within(1e24));
    }

    @Test
    void areMinusInfinityForTheImpossible() {
        LogProbs logProbs = logProbs(0, LOWEST, 0);
        assertThat(logProbs.of(1)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(logProbs.top(3)).extracting(TokenLogProb::token).containsExactly(0, 2);
    }

    @Test
    void topIsBestFirstWithTheLowestIdAmongEquals() {
        LogProbs logProbs = logProbs(1, 4, 2, 4, 2);
        assertThat(logProbs.top(3)).extracting(TokenLogProb::token).containsExactly(1, 3, 2);
        assertThat(logProbs.top(1).get(0).logProb()).isEqualTo((float) logProbs.of(1));
        assertThat(logProbs.top(0)).isEmpty();
        assertThat(logProbs.top(9)).hasSize(5);
    }

    @Property(seed = "2026")
    void sumToOneOverTheVocabulary(
            @ForAll @Size(min = 1, max = 200) List<@FloatRange(min = -80, max = 80) Float> values) {
        float[] logits = new float[values.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = values.get(i);
        }
        LogProbs logProbs = logProbs(logits);
        assertThat(IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logProbs.of(i))).sum())
                .isCloseTo(1, within(1e-9));
        assertThat(IntStream.range(0, logits.length).mapToDouble(logProbs::of)).allMatch(value -> value <= 0);
    }
}
