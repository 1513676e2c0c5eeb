package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.Sample;
import io.augserve.onnx.fixture.TestSequence;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.TokenLogProb;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopSamplerTest {
    private static final int VOCABULARY = 300;
    private static final int SIZE = 21;

    /** What a device makes of a row, computed the plain way: of equal logits it leaves out the lower tokens, if it must. */
    private record Device(float[] row, MemorySegment logits, MemorySegment ids, TopSampler.Sums sums) {
        static Device of(float[] row, int size, SamplingOptions options) {
            Integer[] order = IntStream.range(0, row.length).boxed().toArray(Integer[]::new);
            Arrays.sort(order, Comparator.<Integer>comparingDouble(i -> -row[i]).thenComparing(i -> -i));
            float[] logits = new float[size];
            long[] ids = new long[size];
            for (int i = 0; i < size; i++) {
                logits[i] = row[order[i]];
                ids[i] = order[i];
            }
            float inverse = TopSampler.inverseTemperature(options);
            double total = 0;
            double tempered = 0;
            for (float logit : row) {
                total += Math.exp(logit - logits[0]);
                tempered += Math.exp((logit - logits[0]) * inverse);
            }
            return new Device(row, copy(MemorySegment.ofArray(logits)), copy(MemorySegment.ofArray(ids)),
                    new TopSampler.Sums((float) total, (float) tempered));
        }

        private static MemorySegment copy(MemorySegment heap) {
            return Arena.ofAuto().allocate(heap.byteSize(), 8).copyFrom(heap);
        }

        Optional<Sample> sample(TopSampler sampler, TestSequence sequence) {
            return sampler.sample(logits, ids, 0, sums, sequence);
        }

        Sample whole(TopSampler sampler, TestSequence sequence) {
            MemorySegment whole = copy(MemorySegment.ofArray(row));
            Sample said = new Sampler(row.length).sample(whole, 0, sequence);
            return sampler.corrected(said, logits, ids, 0, sums, whole, 0, sequence);
        }
    }

    private static float[] row(Random random, boolean coarse) {
        float[] row = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            float logit = (float) (3 * random.nextGaussian());
            // As bf16 logits are: many equal ones.
            row[i] = coarse ? Math.round(2 * logit) / 2f : logit;
        }
        return row;
    }

    private static SamplingOptions options(Random random) {
        SamplingOptions.Builder options = SamplingOptions.builder();
        switch (random.nextInt(5)) {
            case 0 -> {
            }
            case 1 -> options.temperature(0.7).topK(1 + random.nextInt(SIZE));
            case 2 -> options.temperature(1.2).topK(1 + random.nextInt(SIZE)).topP(0.9).minP(0.01);
            case 3 -> options.temperature(0.3 + random.nextDouble()).topP(random.nextDouble(0.3, 1));
            default -> options.temperature(0.8).minP(random.nextDouble());
        }
        return random.nextInt(4) == 0 ? options.logProbs(random.nextInt(6)).build() : options.build();
    }

    @Test
    void whateverItSaysIsWhatTheHostSays() {
        Random random = new Random(7);
        TopSampler top = new TopSampler(SIZE, VOCABULARY);
        Sampler host = new Sampler(VOCABULARY);
        int enough = 0;
        for (int i = 0; i < 4000; i++) {
            float[] row = row(random, i % 2 == 0);
            SamplingOptions options = options(random);
            TestSequence sequence = TestSequence.at(random.nextInt(50), random.nextLong(), options);
            Device device = Device.of(row, SIZE, options);
            OutputToken expected = ((Sample.Token) host.sample(MemorySegment.ofArray(row), 0, sequence)).output();
            Optional<Sample> sample = device.sample(top, sequence);
            enough += sample.isPresent() ? 1 : 0;
            OutputToken actual = ((Sample.Token) sample.orElseGet(() -> device.whole(top, sequence))).output();
            assertThat(actual.token()).as("%d: %s", i, options).isEqualTo(expected.token());
            assertThat(actual.top()).extracting(TokenLogProb::token)
                    .isEqualTo(expected.top().stream().map(TokenLogProb::token).toList());
            if (options.logProbs().isPresent()) {
                assertThat(actual.logProb()).isCloseTo(expected.logProb(), within(1e-5f));
            }
        }
        assertThat(enough).as("rows that were not needed").isBetween(2000, 3999);
    }

    @Test
    void equalLogitsAtTheLowerEndNeedTheRow() {
        float[] row = new float[VOCABULARY];
        Arrays.fill(row, 3, 3 + SIZE + 1, 1);
        TopSampler top = new TopSampler(SIZE, VOCABULARY);
        TestSequence greedy = TestSequence.empty(SamplingOptions.greedy());
        Device tied = Device.of(row, SIZE, SamplingOptions.greedy());
        assertThat(tied.sample(top, greedy)).isEmpty();
        assertThat(((Sample.Token) tied.whole(top, greedy)).output().token()).isEqualTo(3);
        row[200] = 2;
        row[100] = 2;
        assertThat(Device.of(row, SIZE, SamplingOptions.greedy()).sample(top, greedy).map(Sample.Token.class::cast)
                .map(token -> token.output().token())).contains(100);
    }

    @Test
    void changedRowsAreNeeded() {
        TopSampler top = new TopSampler(SIZE, VOCABULARY);
        float[] row = row(new Random(1), false);
        for (SamplingOptions.Builder changes : new SamplingOptions.Builder[]{
                SamplingOptions.builder().logitBias(Map.of(7, 100f)), SamplingOptions.builder().repetitionPenalty(2),
                SamplingOptions.builder().presencePenalty(1), SamplingOptions.builder().frequencyPenalty(1)}) {
            TestSequence sequence = TestSequence.empty(changes.build()).add(true, 5, 5, 9);
            Device device = Device.of(row, SIZE, sequence.sampling());
            assertThat(device.sample(top, sequence)).isEmpty();
            assertThat(device.whole(top, sequence))
                    .isEqualTo(new Sampler(VOCABULARY).sample(MemorySegment.ofArray(row), 0, sequence));
        }
    }

    @Test
    void moreLogProbabilitiesThanCameBackNeedTheRow() {
        TopSampler top = new TopSampler(4, VOCABULARY);
        SamplingOptions options = SamplingOptions.builder().logProbs(4).build();
        float[] row = row(new Random(2), false);
        TestSequence sequence = TestSequence.empty(options);
        Device device = Device.of(row, 4, options);
        assertThat(device.sample(top, sequence)).as("whether the fourth has equals is unknown").isEmpty();
        assertThat(((Sample.Token) device.whole(top, sequence)).output().top()).hasSize(4);
        assertThat(Device.of(row, 5, options).sample(new TopSampler(5, VOCABULARY), sequence)).isPresent();
    }

    @Test
    void aFaultyRowIsNeededToSayWhy() {
        TopSampler top = new TopSampler(SIZE, VOCABULARY);
        TestSequence sequence = TestSequence.empty(SamplingOptions.greedy());
        float[] row = row(new Random(3), false);
        row[9] = Float.NaN;
        Device device = Device.of(row, SIZE, SamplingOptions.greedy());
        assertThat(device.sums().total()).isNaN();
        assertThat(device.sample(top, sequence)).isEmpty();
        assertThat(device.whole(top, sequence)).isEqualTo(
                new Sample.Fault("the logit of token 9 is NaN, expected a finite number"));
    }

    /** Of 20,000 seeds; every token within four standard deviations of its share. */
    @Test
    void aTemperatureAloneKeepsTheDistribution() {
        int vocabulary = 12;
        float[] row = {0, 1, 2, 0.5f, 1.5f, -1, 0, 2, 1, -3, Float.NEGATIVE_INFINITY, 0.2f};
        SamplingOptions options = SamplingOptions.builder().temperature(1.3).build();
        Device device = Device.of(row, 4, options);
        TopSampler top = new TopSampler(4, vocabulary);
        int draws = 20_000;
        int[] counts = new int[vocabulary];
        int whole = 0;
        for (int seed = 0; seed < draws; seed++) {
            TestSequence sequence = TestSequence.at(3, seed, options);
            Optional<Sample> sample = device.sample(top, sequence);
            whole += sample.isEmpty() ? 1 : 0;
            counts[((Sample.Token) sample.orElseGet(() -> device.whole(top, sequence))).output().token()]++;
        }
        double total = 0;
        for (float logit : row) {
            total += Math.exp(logit / 1.3);
        }
        for (int token = 0; token < vocabulary; token++) {
            double share = Math.exp(row[token] / 1.3) / total;
            assertThat((double) counts[token]).as("token %d", token).isCloseTo(share * draws,
                    within(4 * Math.sqrt(draws * share * (1 - share)) + 1e-9));
        }
        assertThat(whole).isBetween(draws / 10, draws / 2);
    }

    @Test
    void aWholeVocabularyNeedsNoRow() {
        TopSampler top = new TopSampler(3, 3);
        Random random = new Random(5);
        Sampler host = new Sampler(3);
        for (int i = 0; i < 500; i++) {
            float[] row = {random.nextInt(3), random.nextInt(3), random.nextInt(3)};
            SamplingOptions options = options(random);
            TestSequence sequence = TestSequence.at(i, random.nextLong(), options);
            Sample.Token expected = (Sample.Token) host.sample(MemorySegment.ofArray(row), 0, sequence);
            assertThat(Device.of(row, 3, options).sample(top, sequence).map(Sample.Token.class::cast)
                    .map(token -> token.output().token())).contains(expected.output().token());
        }
    }

    @Test
    void greedyRowsAreNotScaled() {
        assertThat(TopSampler.inverseTemperature(SamplingOptions.greedy())).isEqualTo(1);
        assertThat(TopSampler.inverseTemperature(SamplingOptions.builder().temperature(0.5).build())).isEqualTo(2);
        assertThat(TopSampler.inverseTemperature(SamplingOptions.builder().temperature(Double.MIN_VALUE).build()))
                .isEqualTo(Float.MAX_VALUE);
    }
}
