package io.augserve.jmh;

import io.augserve.engine.ForcedSequence;
import io.augserve.engine.Sample;
import io.augserve.onnx.sampling.Sampler;
import io.augserve.request.SamplingOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One row of logits to a token, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SamplingBenchmark {
    /** How a token is chosen. */
    @SuppressWarnings("ImmutableEnumChecker")
    public enum Way {
        GREEDY(SamplingOptions.builder()), TEMPERATURE(SamplingOptions.builder().temperature(0.8)), TOP_K(
                SamplingOptions.builder().temperature(0.8).topK(50)), TOP_P(
                        SamplingOptions.builder().temperature(0.8).topP(0.9)), MIN_P(
                                SamplingOptions.builder().temperature(0.8).minP(0.05)), TOP_K_TOP_P(
                                        SamplingOptions.builder().temperature(0.8).topK(50).topP(0.9));

        private final SamplingOptions options;

        Way(SamplingOptions.Builder options) {
            this.options = options.seed(1).build();
        }
    }

    /** Tokens of the vocabulary. */
    @Param({"49152", "151936"})
    public int vocabulary;

    /** The options. */
    @Param
    public Way way = Way.GREEDY;

    private MemorySegment logits = MemorySegment.NULL;
    private Sampler sampler = new Sampler(1);
    private int position;

    /** Normal logits, and one of a thousand that stands out: a few dozen tokens have nearly all the probability, as a model gives. */
    @Setup
    public void fill() {
        Random random = new Random(1);
        logits = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, vocabulary);
        for (int i = 0; i < vocabulary; i++) {
            double outlier = i % 1000 == 0 ? 16 * random.nextDouble() : 0;
            logits.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (2 * random.nextGaussian() + outlier));
        }
        sampler = new Sampler(vocabulary);
    }

    /** Another position each time, so another variate. */
    @Benchmark
    public Sample sample() {
        return sampler.sample(logits, 0, ForcedSequence.zeros(1, position++ & 0xFFFF, way.options));
    }
}
