package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.onnx.kernel.PagedFixture.Shape;
import io.augserve.onnx.runtime.Device;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import io.augserve.onnx.runtime.TinyModel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator inside a graph, beside a native operator of the same domain. */
class PagedAttentionGraphTest {
    private static final Shape SHAPE = new Shape(4, 2, 32, 16, 16);
    private static final AttentionAttributes ATTRIBUTES = new AttentionAttributes(4, 2, 0, -1, 0, true);
    private static final int WIDTH = 4 * 32;
    private static final int KV_WIDTH = 2 * 32;
    private static final float GELU_ALPHA = 1;
    private static final List<String> INPUTS = List.of("query", "key", "value", "key_cache", "value_cache",
            "cumulative", "past", "table", "cos",
            "sin");

    private final Workers workers = new Workers(2);
    private final OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());

    @AfterEach
    void close() {
        environment.close();
        workers.close();
    }

    private OrtSession open(List<String> inputs, Map<String, Object> attributes) {
        TinyModel model = new TinyModel().input("query", ElementType.FLOAT, "t", WIDTH)
                .input("key", ElementType.FLOAT, "t", KV_WIDTH)
                .input("value", ElementType.FLOAT, "t", KV_WIDTH).input("key_cache", ElementType.FLOAT, "n", 16, 2, 32)
                .input("value_cache", ElementType.FLOAT, "n", 16, 2, 32).input("cumulative", ElementType.INT32, "s1")
                .input("past", ElementType.INT32, "s").input("table", ElementType.INT32, "s", "w")
                .input("cos", ElementType.FLOAT, "p", 16)
                .input("sin", ElementType.FLOAT, "p", 16)
                .node(PagedAttention.DOMAIN, PagedAttention.NAME, inputs, List.of("a"), attributes)
                .node(PagedAttention.DOMAIN, "QuickGelu", List.of("a"), List.of("y"), Map.of("alpha", GELU_ALPHA))
                .output("y", ElementType.FLOAT, "t", WIDTH);
        return environment.openSession(model.bytes(),
                SessionOptions.defaults().withIntraOpThreads(1).withOperators(PagedAttention.operator(workers)));
    }

    private static Map<String, Object> attributes() {
        return Map.of("num_heads", 4L, "kv_num_heads", 2L, "do_rotary", 1L);
    }

    private static void bind(IoBinding binding, OrtEnvironment environment, PagedBatch batch, List<DeviceTensor> open) {
        int tokens = batch.tokens();
        int sequences = batch.sequences();
        long blocks = batch.layout().blocks();
        Map<String, DeviceTensor> tensors = Map.of("query", floats(environment, batch.query(), tokens, WIDTH), "key",
                floats(environment, batch.key(), tokens, KV_WIDTH), "value",
                floats(environment, batch.value(), tokens, KV_WIDTH), "key_cache",
                floats(environment, batch.keyCache(), blocks, 16, 2, 32), "value_cache",
                floats(environment, batch.valueCache(), blocks, 16, 2, 32),
                "cumulative", ints(environment, batch.cumulative(), sequences + 1), "past",
                ints(environment, batch.past(), sequences), "table",
                ints(environment, batch.blockTable(), sequences, batch.tableWidth()), "cos",
                floats(environment, batch.cos(), batch.angles(), 16),
                "sin", floats(environment, batch.sin(), batch.angles(), 16));
        tensors.forEach(binding::bindInput);
        open.addAll(tensors.values());
    }

    private static DeviceTensor floats(OrtEnvironment environment, MemorySegment memory, long... shape) {
        return DeviceTensor.wrap(environment, memory, ElementType.FLOAT, shape);
    }

    private static DeviceTensor ints(OrtEnvironment environment, MemorySegment memory, long... shape) {
        return DeviceTensor.wrap(environment, memory, ElementType.INT32, shape);
    }

    @Test
    void runsBesideNativeOperatorsOfItsDomain() {
        PagedFixture fixture = new PagedFixture(1, SHAPE, ATTRIBUTES, 30, 20);
        int[] done = new int[2];
        List<DeviceTensor> open = new ArrayList<>();
        try (OrtSession session = open(INPUTS, attributes()); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            for (int[] counts : new int[][]{{20, 3}, {1, 16}, {0, 0}, {9, 1}}) {
                bind(binding, environment, fixture.batch(counts), open);
                binding.run();
                try (DeviceTensor y = binding.output("y")) {
                    assertThat(y.shape()).containsExactly(counts[0] + counts[1], WIDTH);
                    long row = 0;
                    for (int s = 0; s < 2; s++) {
                        for (int t = 0; t < counts[s]; t++, row++) {
                            assertRow(y.segment(), row, fixture.expected(s, done[s] + t));
                        }
                        done[s] += counts[s];
                    }
                }
                fixture.advance(counts);
            }
        }
        open.forEach(DeviceTensor::close);
    }

    private static void assertRow(MemorySegment y, long row, double[] attention) {
        for (int i = 0; i < WIDTH; i++) {
            double gelu = attention[i] / (1 + Math.exp(-GELU_ALPHA * attention[i]));
            assertThat((double) y.getAtIndex(JAVA_FLOAT, row * WIDTH + i)).isCloseTo(gelu, within(1e-5));
        }
    }

    /** The batch of the call before comes back only if all inputs are where they were. */
    @Test
    void inputsThatMoveBetweenRunsAreSeen() {
        PagedFixture fixture = new PagedFixture(9, SHAPE, ATTRIBUTES, 40);
        List<DeviceTensor> open = new ArrayList<>();
        try (OrtSession session = open(INPUTS, attributes()); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            bind(binding, environment, fixture.batch(30), open);
            binding.run();
            for (int position = 30; position < 40; position++) {
                fixture.advance(position == 30 ? 30 : 1);
                bind(binding, environment, fixture.batch(1), open);
                for (int again = 0; again < 2; again++) {
                    binding.run();
                    try (DeviceTensor y = binding.output("y")) {
                        assertRow(y.segment(), 0, fixture.expected(0, position));
                    }
                }
            }
        }
        open.forEach(DeviceTensor::close);
    }

    @Test
    void wrongBatchFailsTheRunAndTheNextOneWorks() {
        PagedFixture fixture = new PagedFixture(2, SHAPE, ATTRIBUTES, 30);
        List<DeviceTensor> open = new ArrayList<>();
        try (OrtSession session = open(INPUTS, attributes()); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            PagedBatch batch = fixture.batch(20);
            batch.past().setAtIndex(JAVA_INT, 0, -1);
            bind(binding, environment, batch, open);
            assertThatThrownBy(binding::run).isInstanceOf(OrtException.class)
                    .hasMessageContaining("past_seqlens of sequence 0 is negative: -1")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            bind(binding, environment, fixture.batch(20), open);
            binding.run();
            binding.output("y").close();
        }
        open.forEach(DeviceTensor::close);
    }

    @Test
    void shapesThatDoNotFitTheAttributesAreNamed() {
        PagedFixture fixture = new PagedFixture(3, SHAPE, ATTRIBUTES, 30);
        List<DeviceTensor> open = new ArrayList<>();
        try (OrtSession session = open(INPUTS, Map.of("num_heads", 2L, "kv_num_heads", 2L));
                IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            bind(binding, environment, fixture.batch(20), open);
            assertThatThrownBy(binding::run).hasMessageContaining("query must have the shape [20, 64], got [20, 128]");
        }
        open.forEach(DeviceTensor::close);
    }

    @Test
    void missingAttributeFailsTheSession() {
        assertThatThrownBy(() -> open(INPUTS, Map.of("num_heads", 4L))).isInstanceOf(OrtException.class)
                .hasMessageContaining("no INT attribute kv_num_heads");
    }

    @Test
    void attentionMetadataIsAcceptedAndSlotMappingIsNot() {
        PagedFixture fixture = new PagedFixture(4, SHAPE, ATTRIBUTES, 30);
        List<String> metadata = new ArrayList<>(INPUTS);
        metadata.addAll(List.of("", "", "", "", "", "", "past"));
        List<String> slots = new ArrayList<>(INPUTS);
        slots.add("past");
        List<DeviceTensor> open = new ArrayList<>();
        try (OrtSession session = open(metadata, attributes()); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            bind(binding, environment, fixture.batch(20), open);
            binding.run();
            try (DeviceTensor y = binding.output("y")) {
                assertRow(y.segment(), 19, fixture.expected(0, 19));
            }
        }
        try (OrtSession session = open(slots, attributes()); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            bind(binding, environment, fixture.batch(20), open);
            assertThatThrownBy(binding::run).hasMessageContaining("input 10 is not supported on the CPU");
        }
        open.forEach(DeviceTensor::close);
    }
}
