package io.augserve.jmh;

import io.augserve.engine.EngineSpec;
import io.augserve.onnx.grammar.Constraints;
import io.augserve.onnx.grammar.Grammar;
import io.augserve.onnx.grammar.TokenMask;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

/** What a constraint costs a row of logits, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MaskBenchmark {
    private static final String CALL = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 3}}\n</tool_call>";

    /** Where the row stands in its turn. */
    public enum Place {
        /** Text that may call. */
        TEXT(""),
        /** What a call must say. */
        NAME("<tool_call>\n{\"na"),
        /** A string argument. */
        STRING("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Os"),
        /** A number argument. */
        NUMBER("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 1");

        private final String before;

        Place(String before) {
            this.before = before;
        }
    }

    /** Tokens of the vocabulary. */
    @Param({"49152", "151936"})
    public int vocabulary;

    /** The place. */
    @Param
    public Place place = Place.TEXT;

    private MadeUpVocabulary format = new MadeUpVocabulary(512);
    private Constraints constraints = constraints(format);
    private Grammar.Turn turn = grammar(0).begin();
    private float[] logits = {};
    private int schemas;

    /** Random logits, and a turn that has got to the place. */
    @Setup
    public void fill() {
        format = new MadeUpVocabulary(vocabulary);
        constraints = constraints(format);
        turn = grammar(0).begin();
        for (int token : format.encodeText(place.before)) {
            turn.push(token);
        }
        Random random = new Random(1);
        logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = (float) random.nextGaussian();
        }
    }

    private static Constraints constraints(MadeUpVocabulary format) {
        EngineSpec spec = new EngineSpec("made up", format.vocabularySize(), 4096, Set.of(format.end()), 512, 16,
                SamplingOptions.greedy());
        return new Constraints(spec, Optional.of(format));
    }

    /** Another constraint for each number. */
    private Grammar grammar(int number) {
        ToolSpec weather = new ToolSpec("get_weather", String.valueOf(number), """
                {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"},
                 "units": {"enum": ["celsius", "fahrenheit"]}}, "required": ["city"]}""");
        ToolSpec time = new ToolSpec("get_time", "", "{\"type\": \"object\", \"properties\": {}}");
        return constraints.of(OutputConstraint.strictCalls(), List.of(weather, time)).first().orElseThrow();
    }

    /** A row at a place where the grammar has been before: the mask is looked up and applied. */
    @Benchmark
    public float mask() {
        turn.mask().apply(logits);
        return logits[0];
    }

    /** A constraint that is new: compiled, and all masks found along a call, a token for each of its bytes. */
    @Benchmark
    public TokenMask firstCall() {
        Grammar.Turn fresh = grammar(++schemas).begin();
        TokenMask mask = fresh.mask();
        for (int token : format.encodeText(CALL)) {
            fresh.push(token);
            mask = fresh.mask();
        }
        return mask;
    }
}
