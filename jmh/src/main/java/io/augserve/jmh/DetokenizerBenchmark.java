package io.augserve.jmh;

import static java.util.Objects.requireNonNull;

import io.augserve.onnx.text.Detokenizer;
import io.augserve.onnx.text.Tokenizer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A token to the text that it completes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DetokenizerBenchmark {
    private static final String TEXT = "The weather in Oslo is 14 degrees and rain, caf\u00e9 \ud83d\ude42 included. ";

    /** A directory with a tokenizer.json; the default is for a start in the repository's root. */
    @Param("models/tiny-tools")
    public String model = "models/tiny-tools";

    private @Nullable Tokenizer tokenizer;
    private @Nullable Detokenizer detokenizer;
    private int[] tokens = {};
    private int next;

    /** Encodes a text to be decoded over and over. */
    @Setup
    public void encode() {
        Tokenizer loaded = Tokenizer.load(Path.of(model));
        tokenizer = loaded;
        detokenizer = loaded.newDetokenizer();
        tokens = loaded.encodeText(TEXT.repeat(20));
    }

    /** One token. */
    @Benchmark
    public String push() {
        next = next + 1 == tokens.length ? 0 : next + 1;
        return requireNonNull(detokenizer).push(tokens[next]);
    }

    /** Closes the tokenizer. */
    @TearDown
    public void close() {
        requireNonNull(tokenizer).close();
    }
}
