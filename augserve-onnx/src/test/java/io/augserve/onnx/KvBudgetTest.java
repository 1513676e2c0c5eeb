package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.kv.KvShape;
import io.augserve.onnx.runtime.DeviceMemory;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvBudgetTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    /** Two layers, two heads of 16, 128 positions: a block of 256 tokens takes 2 * 2 * 256 * 2 * 16 * 2 bytes. */
    private static final KvShape ONE = new KvShape(2, 1, 256, 2, 16, ElementType.FLOAT16);

    private KvShape shape(OnnxEngine.Builder builder, Optional<DeviceMemory> memory) throws IOException {
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        OnnxOptions options = builder.options();
        try (Workers workers = new Workers(1); Resources resources = new Resources()) {
            Placement placement = new Placement(OnnxEngine.builder(folder).options(), "1.29.0");
            DecoderModel decoder = ServedModel.open(folder, placement, workers, resources).decoder();
            return new KvBudget(options, memory).shape(decoder, ONE);
        }
    }

    private OnnxEngine.Builder cuda() {
        return OnnxEngine.builder(folder).device(Device.cuda(0));
    }

    @Test
    void whatTheFractionLeavesIsFilled() throws IOException {
        assertThat(ONE.bytesPerBlock()).isEqualTo(65_536);
        // 0.9 of 10 GiB less 2 GiB in use are 7 GiB; a step takes 512 MiB, 256 rows of 64 logits, copies of 16 blocks and a little more.
        KvShape shape = shape(cuda(), Optional.of(new DeviceMemory(8 * GIB, 10 * GIB)));
        assertThat(shape.bytes()).isBetween(7 * GIB - (515L << 20), 7 * GIB - (513L << 20));
        KvShape half = shape(cuda().memoryFraction(0.5), Optional.of(new DeviceMemory(8 * GIB, 10 * GIB)));
        assertThat(shape.bytes() - half.bytes()).isEqualTo(4 * GIB);
    }

    /** 2^31 elements of blocks of 256 * 2 * 16 are 262,143 blocks. */
    @Test
    void poolsEndWhereIndicesOfKernelsDo() throws IOException {
        assertThat(shape(cuda(), Optional.of(new DeviceMemory(100 * GIB, 100 * GIB))).blocks()).isEqualTo(262_143);
    }

    @Test
    void aNumberOfTokensDecides() throws IOException {
        assertThat(shape(cuda().kvCacheTokens(1000), Optional.of(new DeviceMemory(8 * GIB, 10 * GIB))).blocks())
                .isEqualTo(4);
        assertThat(shape(cuda().kvCacheTokens(1), Optional.empty()).blocks()).isEqualTo(1);
    }

    @Test
    void withoutTheMemorySixteenSequencesAreHeld() throws IOException {
        assertThat(shape(cuda(), Optional.empty()).blocks()).isEqualTo(16 * RandomCheckpoint.MAX_POSITIONS / 256);
    }

    @Test
    void tooLittleIsSaidWithEveryPart() {
        assertThatThrownBy(() -> shape(cuda(), Optional.of(new DeviceMemory(GIB / 8, 10 * GIB))))
                .isInstanceOf(OnnxEngineException.class)
                .hasMessageStartingWith("the KV cache on cuda:0 may take -1")
                .hasMessageContaining("0.9 of 10240 MB, less 10112 MB in use and 51")
                .hasMessageContaining("one sequence of 128 tokens needs 0 MB").hasMessageContaining("memoryFraction");
    }

    @Test
    void fractionsAreInRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> cuda().memoryFraction(0));
        assertThatIllegalArgumentException().isThrownBy(() -> cuda().memoryFraction(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new DeviceMemory(2, 1));
    }
}
