package io.augserve.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtSessionTest {
    private static final SessionOptions OPTIONS = SessionOptions.defaults().withIntraOpThreads(1);

    /** y[n, 2] = x[n, 2] + (10, 20). */
    private static final TinyModel ADD = new TinyModel().input("x", ElementType.FLOAT, "n", 2)
            .floats("bias", new float[]{10, 20}, 2)
            .node("", "Add", List.of("x", "bias"), List.of("y"), Map.of()).output("y", ElementType.FLOAT, "n", 2);

    private final OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());

    @AfterEach
    void close() {
        environment.close();
    }

    private DeviceTensor tensor(float[] values, long... shape) {
        DeviceTensor tensor = DeviceTensor.zeros(environment, ElementType.FLOAT, shape);
        tensor.segment().copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    private static float[] floats(DeviceTensor tensor) {
        return tensor.segment().toArray(JAVA_FLOAT);
    }

    @Test
    void libraryTellsItsVersion() {
        assertThat(OrtLibrary.bundled().version()).isEqualTo("1.29.0");
    }

    @Test
    void describesInputsAndOutputs() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS)) {
            assertThat(session.inputs()).containsExactly(new TensorInfo("x", ElementType.FLOAT, List.of(-1L, 2L)));
            assertThat(session.outputs()).containsExactly(new TensorInfo("y", ElementType.FLOAT, List.of(-1L, 2L)));
        }
    }

    @Test
    void allocatedOutputFollowsTheShapeOfEachRun() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS); IoBinding binding = session.bind()) {
            binding.bindOutputToDevice("y", Device.CPU);
            try (DeviceTensor x = tensor(new float[]{1, 2}, 1, 2)) {
                binding.bindInput("x", x);
                binding.run();
            }
            try (DeviceTensor x = tensor(new float[]{1, 2, 3, 4, 5, 6}, 3, 2);
                    DeviceTensor first = binding.output("y")) {
                binding.bindInput("x", x);
                binding.run();
                try (DeviceTensor second = binding.output("y")) {
                    assertThat(second.shape()).containsExactly(3, 2);
                    assertThat(floats(second)).containsExactly(11, 22, 13, 24, 15, 26);
                }
                // A run leaves earlier outputs alone.
                assertThat(floats(first)).containsExactly(11, 22);
            }
        }
    }

    @Test
    void boundOutputIsWrittenInPlace() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS);
                IoBinding binding = session.bind();
                DeviceTensor x = tensor(new float[]{1, 2}, 1, 2);
                DeviceTensor y = session.allocate(ElementType.FLOAT, 1, 2)) {
            binding.bindInput("x", x);
            binding.bindOutput("y", y);
            binding.run();
            x.segment().setAtIndex(JAVA_FLOAT, 0, 5);
            binding.run();
            assertThat(floats(y)).containsExactly(15, 22);
        }
    }

    @Test
    void runsOverMemoryThatTheCallerOwns() {
        try (Arena arena = Arena.ofConfined();
                OrtSession session = environment.openSession(ADD.bytes(), OPTIONS);
                IoBinding binding = session.bind();
                DeviceTensor x = DeviceTensor.wrap(environment, arena.allocateFrom(JAVA_FLOAT, 1, 2), ElementType.FLOAT,
                        1, 2);
                DeviceTensor y = DeviceTensor.wrap(environment, arena.allocate(8, 64), ElementType.FLOAT, 1, 2)) {
            binding.bindInput("x", x);
            binding.bindOutput("y", y);
            binding.run();
            assertThat(floats(y)).containsExactly(11, 22);
        }
    }

    @Test
    void modelInMemoryReadsExternalWeightsFromTheFolder(@TempDir Path folder) throws Exception {
        ByteBuffer file = ByteBuffer.allocate(3 + 8).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("weights.bin"), file.putFloat(3, 7).putFloat(7, 8).array());
        byte[] model = new TinyModel().input("x", ElementType.FLOAT, "n", 2)
                .externalFloats("bias", "weights.bin", 3, 8, 2)
                .node("", "Add", List.of("x", "bias"), List.of("y"), Map.of()).output("y", ElementType.FLOAT, "n", 2)
                .bytes();
        Files.write(folder.resolve("model.onnx"), model);
        for (boolean fromMemory : new boolean[]{true, false}) {
            try (OrtSession session = fromMemory
                    ? environment.openSession(model, OPTIONS.withExternalInitializers(folder))
                    : environment.openSession(folder.resolve("model.onnx"), OPTIONS);
                    IoBinding binding = session.bind();
                    DeviceTensor x = tensor(new float[]{1, 2}, 1, 2)) {
                binding.bindInput("x", x);
                binding.bindOutputToDevice("y", Device.CPU);
                binding.run();
                try (DeviceTensor y = binding.output("y")) {
                    assertThat(floats(y)).containsExactly(8, 10);
                }
            }
        }
    }

    @Test
    void resourcesMayBeClosedInAnyOrderAndTwice() {
        OrtEnvironment own = OrtEnvironment.create(OrtLibrary.bundled());
        OrtSession session = own.openSession(ADD.bytes(), OPTIONS);
        DeviceTensor x = session.allocate(ElementType.FLOAT, 1, 2);
        IoBinding binding = session.bind();
        binding.bindInput("x", x);
        own.close();
        session.close();
        x.segment().fill((byte) 0);
        x.close();
        binding.close();
        binding.close();
        session.close();
        own.close();
        assertThatIllegalStateException().isThrownBy(session::bind).withMessage("the session is closed");
        assertThatIllegalStateException().isThrownBy(x::segment).withMessage("the tensor is closed");
    }

    @Test
    void refusesToRunOverAClosedTensor() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS); IoBinding binding = session.bind()) {
            DeviceTensor x = tensor(new float[]{1, 2}, 1, 2);
            binding.bindInput("x", x);
            binding.bindOutputToDevice("y", Device.CPU);
            x.close();
            assertThatIllegalStateException().isThrownBy(binding::run).withMessage("the tensor is closed");
        }
    }

    @Test
    void namesWhatTheModelHasWhenANameIsWrong() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS);
                IoBinding binding = session.bind();
                DeviceTensor x = tensor(new float[]{1, 2}, 1, 2)) {
            assertThatIllegalArgumentException().isThrownBy(() -> binding.bindInput("z", x))
                    .withMessage("the model has no input z; it has [x]");
            assertThatIllegalStateException().isThrownBy(() -> binding.output("y"))
                    .withMessageContaining("bindOutputToDevice first");
            binding.bindOutputToDevice("y", Device.CPU);
            assertThatIllegalStateException().isThrownBy(() -> binding.output("y"))
                    .withMessageContaining("no successful run since");
        }
    }

    @Test
    void passesOnTheReasonOfAFailedRun() {
        try (OrtSession session = environment.openSession(ADD.bytes(), OPTIONS);
                IoBinding binding = session.bind();
                DeviceTensor x = tensor(new float[]{1, 2, 3}, 1, 3)) {
            binding.bindInput("x", x);
            binding.bindOutputToDevice("y", Device.CPU);
            assertThatThrownBy(binding::run).isInstanceOf(OrtException.class)
                    .hasMessageContaining("invalid dimensions for input: x");
        }
    }

    @Test
    void passesOnTheReasonOfARefusedModel() {
        byte[] unknown = new TinyModel().input("x", ElementType.FLOAT, 1)
                .node("", "NoSuchOperator", List.of("x"), List.of("y"), Map.of())
                .output("y", ElementType.FLOAT, 1).bytes();
        assertThatThrownBy(() -> environment.openSession(unknown, OPTIONS)).isInstanceOf(OrtException.class)
                .hasMessageContaining("NoSuchOperator");
        assertThatThrownBy(() -> environment.openSession(new byte[]{1, 2, 3}, OPTIONS))
                .isInstanceOf(OrtException.class);
        assertThatThrownBy(() -> environment.openSession(Path.of("no", "such.onnx"), OPTIONS))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("such.onnx");
    }

    @Test
    void aCpuLibraryRefusesCuda() {
        assertThatThrownBy(() -> environment.openSession(ADD.bytes(), OPTIONS.withDevice(Device.cuda(0))))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("CUDA");
    }

    @Test
    void tensorChecksItsMemory() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DeviceTensor.wrap(environment, arena.allocate(8), ElementType.FLOAT, 3))
                    .withMessage("a tensor FLOAT[3] needs 12 bytes of native memory, got 8");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DeviceTensor.zeros(environment, ElementType.FLOAT, -1));
        }
    }
}
