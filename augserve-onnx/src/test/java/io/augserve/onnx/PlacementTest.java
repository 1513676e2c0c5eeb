package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.onnx.graph.GraphTarget;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {
    private static OnnxEngine.Builder on(Device device) {
        return OnnxEngine.builder(Path.of("model")).device(device);
    }

    private static Placement placed(OnnxEngine.Builder builder, String version) {
        return new Placement(builder.options(), version);
    }

    private static GraphTarget target(OnnxEngine.Builder builder, WeightType stored) {
        return placed(builder, "1.29.0").target(stored);
    }

    @Test
    void theProcessorComputesInSinglePrecision() {
        assertThat(target(on(Device.cpu()), WeightType.BF16)).isEqualTo(GraphTarget.cpu(ElementType.FLOAT));
        assertThat(target(on(Device.cpu()).kvType(KvType.FP16), WeightType.F32))
                .isEqualTo(GraphTarget.cpu(ElementType.FLOAT16));
        assertThatThrownBy(() -> target(on(Device.cpu()).kvType(KvType.BF16), WeightType.F32))
                .isInstanceOf(OnnxEngineException.class).hasMessage("kvType BF16 on cpu: expected FP32 or FP16");
    }

    @ParameterizedTest
    @CsvSource({"AS_STORED, F32, FLOAT16", "AS_STORED, F16, FLOAT16", "AS_STORED, BF16, BFLOAT16",
            "FP16, BF16, FLOAT16", "BF16, F16, BFLOAT16"})
    void cudaComputesInHalfPrecision(WeightFormat format, WeightType stored, ElementType compute) {
        assertThat(target(on(Device.cuda(0)).weights(format), stored))
                .isEqualTo(new GraphTarget(compute, compute, true, 65));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FP32 | weights FP32 on cuda:2: expected AS_STORED, FP16 or BF16
            INT8 | weights INT8 on cuda:2: expected AS_STORED, FP16 or BF16; quantised weights are served on the CPU
            INT4 | weights INT4 on cuda:2: expected AS_STORED, FP16 or BF16; quantised weights are served on the CPU
            """)
    void otherWeightsAreRefusedOnCuda(WeightFormat format, String message) {
        assertThatThrownBy(() -> target(on(Device.cuda(2)).weights(format), WeightType.BF16))
                .isInstanceOf(OnnxEngineException.class).hasMessage(message);
    }

    @Test
    void theCacheHasTheTypeOfTheModelOnCuda() {
        assertThat(target(on(Device.cuda(0)).kvType(KvType.BF16), WeightType.BF16).cache())
                .isEqualTo(ElementType.BFLOAT16);
        assertThatThrownBy(() -> target(on(Device.cuda(0)).kvType(KvType.FP32), WeightType.BF16))
                .isInstanceOf(OnnxEngineException.class).hasMessageContaining("kvType FP32 on cuda:0")
                .hasMessageContaining("computes in BFLOAT16");
    }

    @Test
    void anOlderProviderHasNoMetadataAndFewSequences() {
        assertThat(placed(on(Device.cuda(0)), "1.28.0").target(WeightType.F16).attentionMetadata()).isFalse();
        assertThatThrownBy(() -> placed(on(Device.cuda(0)).maxSequences(257), "1.28.0").target(WeightType.F16))
                .isInstanceOf(OnnxEngineException.class).hasMessageContaining("maxSequences 257")
                .hasMessageContaining("at most 256");
        assertThat(target(on(Device.cuda(0)).maxSequences(257), WeightType.F16).attentionMetadata()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1.29.0, 64, 256", "1.29.0, 96, 128", "1.29.0, 128, 128", "1.30.1, 256, 64", "1.28.0, 128, 256"})
    void blocksAreWhatAttentionIsFastWith(String version, int headSize, int expected) {
        assertThat(placed(on(Device.cuda(0)), version).blockSize(headSize)).isEqualTo(expected);
        assertThat(placed(on(Device.cuda(0)).blockSize(512), version).blockSize(headSize)).isEqualTo(512);
        assertThatThrownBy(() -> placed(on(Device.cuda(0)).blockSize(16), version).blockSize(headSize))
                .isInstanceOf(OnnxEngineException.class).hasMessage("blockSize 16 on cuda:0: ONNX Runtime " + version
                        + " needs a multiple of " + expected + " for heads of " + headSize);
        assertThat(placed(on(Device.cpu()), version).blockSize(headSize)).isEqualTo(16);
    }

    @Test
    void aRehearsalTakesTheGraphOfCudaInWhatTheProcessorHas() {
        assertThat(target(on(Device.rehearsal()), WeightType.BF16))
                .isEqualTo(new GraphTarget(ElementType.FLOAT, ElementType.FLOAT, true, 65));
        assertThat(target(on(Device.rehearsal()).weights(WeightFormat.FP16).deviceTopK(0), WeightType.BF16))
                .isEqualTo(new GraphTarget(ElementType.FLOAT16, ElementType.FLOAT16, true, 0));
        assertThatThrownBy(() -> target(on(Device.rehearsal()).weights(WeightFormat.BF16), WeightType.BF16))
                .isInstanceOf(OnnxEngineException.class)
                .hasMessage("weights BF16 on rehearsal: expected AS_STORED, FP32 or FP16");
    }
}
