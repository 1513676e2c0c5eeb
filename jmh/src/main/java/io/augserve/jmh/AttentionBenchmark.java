package io.augserve.jmh;

import io.augserve.onnx.graph.Attribute;
import io.augserve.onnx.graph.Dimension;
import io.augserve.onnx.graph.Node;
import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.kernel.PagedAttention;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The attention kernel alone, in a graph of one node with eight query and four key/value heads: one decode of a batch, or one prefill of a context. Vectors are
 * slow until the JIT has compiled the loops, hence the long warm-up.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {
    private static final long HEADS = 8;
    private static final long KV_HEADS = 4;

    /** Sequences of a decode; 0 for a prefill of one. */
    @Param({"0", "1", "4", "8"})
    public int batch;

    /** Tokens of each sequence, the new ones included. */
    @Param({"128", "1024", "4096"})
    public int context;

    /** Tokens of a block. */
    @Param({"16", "64"})
    public int blockSize;

    /** Elements of a head. */
    @Param({"64", "128"})
    public int headSize;

    /** Type of the cache: FLOAT or FLOAT16. */
    @Param({"FLOAT", "FLOAT16"})
    public ElementType type = ElementType.FLOAT;

    private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    private final OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
    private final List<AutoCloseable> open = new ArrayList<>();
    private Runnable step = () -> {};

    /** Binds a call over blocks that are scattered over a pool. */
    @Setup
    public void bind() {
        OrtSession session = opened(environment.openSession(graph(), SessionOptions.defaults().withIntraOpThreads(1)
                .withOperators(PagedAttention.operator(workers, type))));
        IoBinding binding = opened(session.bind());
        int sequences = Math.max(1, batch);
        int fresh = batch == 0 ? context : 1;
        int width = (context + blockSize - 1) / blockSize;
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < sequences * width; i++) {
            blocks.add(i);
        }
        Collections.shuffle(blocks, new Random(1));
        int tokens = sequences * fresh;
        floats(binding, "query", tokens, HEADS * headSize);
        floats(binding, "key", tokens, KV_HEADS * headSize);
        floats(binding, "value", tokens, KV_HEADS * headSize);
        for (String cache : List.of("key_cache", "value_cache")) {
            DeviceTensor pool = tensor(type, blocks.size(), blockSize, KV_HEADS, headSize);
            binding.bindInput(cache, pool);
        }
        floats(binding, "cos", context, headSize / 2);
        floats(binding, "sin", context, headSize / 2);
        int[] cumulative = new int[sequences + 1];
        Arrays.setAll(cumulative, i -> i * fresh);
        int[] past = new int[sequences];
        Arrays.fill(past, context - fresh);
        ints(binding, "cumulative", cumulative, sequences + 1);
        ints(binding, "past", past, sequences);
        ints(binding, "table", blocks.stream().mapToInt(Integer::intValue).toArray(), sequences, width);
        binding.bindOutput("y", tensor(ElementType.FLOAT, tokens, HEADS * headSize));
        step = binding::run;
    }

    private byte[] graph() {
        OnnxWriter graph = new OnnxWriter();
        for (String rows : List.of("query", "key", "value", "cos", "sin")) {
            graph.input(rows, ElementType.FLOAT, Dimension.of(rows + "_rows"), Dimension.of(rows + "_width"));
        }
        for (String cache : List.of("key_cache", "value_cache")) {
            graph.input(cache, type, Dimension.of("blocks"), Dimension.of(blockSize), Dimension.of(KV_HEADS),
                    Dimension.of(headSize));
        }
        graph.input("cumulative", ElementType.INT32, Dimension.of("sequences_plus_1"));
        graph.input("past", ElementType.INT32, Dimension.of("sequences"));
        graph.input("table", ElementType.INT32, Dimension.of("sequences"), Dimension.of("width"));
        graph.node(new Node("attention", PagedAttention.DOMAIN, PagedAttention.NAME,
                List.of("query", "key", "value", "key_cache", "value_cache", "cumulative", "past", "table", "cos",
                        "sin"),
                List.of("y"), List.of(Attribute.of("num_heads", HEADS), Attribute.of("kv_num_heads", KV_HEADS),
                        Attribute.of("do_rotary", 1))));
        graph.output("y", ElementType.FLOAT, Dimension.of("tokens"), Dimension.of(HEADS * headSize));
        return graph.write("attention", Map.of("", 18, PagedAttention.DOMAIN, 1));
    }

    private void floats(IoBinding binding, String name, long rows, long columns) {
        DeviceTensor tensor = tensor(ElementType.FLOAT, rows, columns);
        Random random = new Random(2);
        for (long i = 0; i < rows * columns; i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        binding.bindInput(name, tensor);
    }

    private void ints(IoBinding binding, String name, int[] values, long... shape) {
        DeviceTensor tensor = tensor(ElementType.INT32, shape);
        for (int i = 0; i < values.length; i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_INT, i, values[i]);
        }
        binding.bindInput(name, tensor);
    }

    private DeviceTensor tensor(ElementType element, long... shape) {
        return opened(DeviceTensor.zeros(environment, element, shape));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    /** One call of the kernel. */
    @Benchmark
    public void attend() {
        step.run();
    }

    /** Closes what was opened last first. */
    @TearDown
    public void close() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
        environment.close();
        workers.close();
    }
}
