package io.augserve.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingOptionsTest {
    @Test
    void areGreedyByDefault() {
        assertThat(SamplingOptions.greedy()).isEqualTo(new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(),
                OptionalLong.empty(), List.of(), Set.of(), 512, OptionalInt.empty(), false));
        assertThat(SamplingOptions.greedy().isGreedy()).isTrue();
        assertThat(SamplingOptions.builder().temperature(0.01).build().isGreedy()).isFalse();
    }

    @Test
    void aBuilderSetsEachOption() {
        SamplingOptions options = SamplingOptions.builder().temperature(0.7).topK(40).topP(0.9).minP(0.05)
                .repetitionPenalty(1.1).presencePenalty(-1).frequencyPenalty(2).logitBias(Map.of(3, -1f)).seed(42)
                .stopStrings("END", "\n").stopTokens(5, 6).maxTokens(7).logProbs(3).ignoreEnd(true).build();
        assertThat(options).isEqualTo(new SamplingOptions(0.7, 40, 0.9, 0.05, 1.1, -1, 2, Map.of(3, -1f),
                OptionalLong.of(42), List.of("END", "\n"), Set.of(5, 6), 7, OptionalInt.of(3), true));
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }

    @Property(seed = "2026")
    void aBuilderStartsFromWhatItIsGiven(@ForAll @DoubleRange(max = 100) double temperature,
            @ForAll @IntRange(max = 1000) int topK, @ForAll @Scale(4) @DoubleRange(min = 0.0001, max = 1) double topP,
            @ForAll @DoubleRange(min = -2, max = 2) double penalty, @ForAll long seed) {
        SamplingOptions options = SamplingOptions.builder().temperature(temperature).topK(topK).topP(topP)
                .presencePenalty(penalty).seed(seed).build();
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }

    @Test
    void keepTheirOwnCopyOfTheBias() {
        Map<Integer, Float> bias = new HashMap<>(Map.of(1, 2f));
        SamplingOptions options = SamplingOptions.builder().logitBias(bias).build();
        bias.clear();
        assertThat(options.logitBias()).isEqualTo(Map.of(1, 2f));
    }

    @Test
    void takeAStopTokenGivenTwice() {
        assertThat(SamplingOptions.builder().stopTokens(5, 6, 5).build().stopTokens()).containsExactlyInAnyOrder(5, 6);
    }

    @Test
    void takeTheEndsOfTheirRanges() {
        SamplingOptions.Builder builder = SamplingOptions.builder();
        assertThat(builder.temperature(100).topP(1).minP(1).presencePenalty(2).frequencyPenalty(-2).maxTokens(1)
                .logProbs(100).logitBias(Map.of(0, Float.NEGATIVE_INFINITY)).build().maxTokens()).isEqualTo(1);
    }

    static Stream<Arguments> badOptions() {
        return Stream.of(bad("temperature: expected 0 to 100, got -0.1", o -> o.temperature(-0.1)),
                bad("temperature: expected 0 to 100, got 100.5", o -> o.temperature(100.5)),
                bad("temperature: expected 0 to 100, got NaN", o -> o.temperature(Double.NaN)),
                bad("topK: expected >= 0, got -1", o -> o.topK(-1)),
                bad("topP: expected in (0, 1], got 0.0", o -> o.topP(0)),
                bad("topP: expected in (0, 1], got 1.1", o -> o.topP(1.1)),
                bad("topP: expected in (0, 1], got NaN", o -> o.topP(Double.NaN)),
                bad("minP: expected in [0, 1], got -0.5", o -> o.minP(-0.5)),
                bad("minP: expected in [0, 1], got 1.5", o -> o.minP(1.5)),
                bad("repetitionPenalty: expected in (0, 1e6), got 0.0", o -> o.repetitionPenalty(0)),
                bad("repetitionPenalty: expected in (0, 1e6), got 1.0E7", o -> o.repetitionPenalty(1e7)),
                bad("presencePenalty: expected -2 to 2, got 2.5", o -> o.presencePenalty(2.5)),
                bad("frequencyPenalty: expected -2 to 2, got NaN", o -> o.frequencyPenalty(Double.NaN)),
                bad("logitBias token: expected >= 0, got -1", o -> o.logitBias(Map.of(-1, 1f))),
                bad("logitBias of token 3: expected a number, got NaN", o -> o.logitBias(Map.of(3, Float.NaN))),
                bad("stopStrings: expected no empty string, got [a, ]", o -> o.stopStrings("a", "")),
                bad("maxTokens: expected >= 1, got 0", o -> o.maxTokens(0)),
                bad("logProbs: expected 0 to 100, got 101", o -> o.logProbs(101)));
    }

    private static Arguments bad(String message, UnaryOperator<SamplingOptions.Builder> option) {
        return Arguments.of(message, option);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badOptions")
    void nameWhatIsOutOfRange(String message, UnaryOperator<SamplingOptions.Builder> option) {
        SamplingOptions.Builder builder = option.apply(SamplingOptions.builder());
        assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
