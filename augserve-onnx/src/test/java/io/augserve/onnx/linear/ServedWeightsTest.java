package io.augserve.onnx.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedWeightsTest {
    private static final String DOWN = "model.layers.0.mlp.down_proj.weight";
    private static final String GATE = "model.layers.0.mlp.gate_proj.weight";

    @TempDir
    private Path folder;
    private final Workers workers = new Workers(2);

    @BeforeEach
    void write() throws IOException {
        RandomCheckpoint.of(RandomCheckpoint.Family.LLAMA).writeTo(folder);
    }

    @AfterEach
    void close() {
        workers.close();
    }

    private ServedWeights open(WeightFormat format, Optional<Path> cacheFolder) {
        return ServedWeights.open(Weights.open(folder), List.of(DOWN, GATE), Set.of(GATE),
                new WeightOptions(format, 32, cacheFolder), workers);
    }

    private float firstWeight() {
        try (ServedWeights served = open(WeightFormat.INT4, Optional.empty())) {
            return served.matrix(DOWN).weight(0, 0);
        }
    }

    private Path cache() {
        return folder.resolve("augserve-int4-g32.weights");
    }

    @Test
    void whatIsStoredSoIsReadInPlace() throws IOException {
        try (ServedWeights served = open(WeightFormat.FP32, Optional.empty())) {
            assertThat(served.matrix(DOWN).format()).isEqualTo(WeightFormat.FP32);
            assertThat(served.bytes()).isEqualTo(4L * 2 * 48 * 32);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".weights"));
        }
    }

    @Test
    void convertsOnceAndMapsFromThenOn() throws IOException {
        try (ServedWeights served = open(WeightFormat.INT4, Optional.empty())) {
            assertThat(served.matrix(DOWN).format()).isEqualTo(WeightFormat.INT4);
            assertThat(served.bytes(DOWN)).hasValue(64 * 2 * 18);
            assertThat(served.matrix(GATE).format()).isEqualTo(WeightFormat.FP32);
        }
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(cache(), old);
        firstWeight();
        assertThat(Files.getLastModifiedTime(cache())).isEqualTo(old);
    }

    @Test
    void aCacheThatDoesNotFitIsWrittenAgain() throws IOException {
        float expected = firstWeight();
        byte[] right = Files.readAllBytes(cache());
        byte[] otherVersion = right.clone();
        otherVersion[new String(right, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("\"version\":3") + 10]++;
        byte[] otherMagic = right.clone();
        otherMagic[0]++;
        byte[] unfinished = right.clone();
        unfinished[right.length - 1] = 0;
        for (byte[] wrong : List.of(new byte[0], Arrays.copyOf(right, 20), Arrays.copyOf(right, right.length - 1),
                Arrays.copyOf(right, right.length + 1), otherVersion, otherMagic, unfinished)) {
            Files.write(cache(), wrong);
            assertThat(firstWeight()).isEqualTo(expected);
            assertThat(Files.readAllBytes(cache())).isEqualTo(right);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
    }

    @Test
    void aCheckpointThatChangesIsConvertedAgain() throws IOException {
        float before = firstWeight();
        RandomCheckpoint.of(RandomCheckpoint.Family.LLAMA).withSeed(8).writeTo(folder);
        Files.setLastModifiedTime(folder.resolve("model.safetensors"), FileTime.fromMillis(2_000_000));
        assertThat(firstWeight()).isNotEqualTo(before);
    }

    @Test
    void aNamedFolderTakesTheCache() throws IOException {
        Path elsewhere = folder.resolve("a").resolve("b");
        open(WeightFormat.INT8, Optional.of(elsewhere)).close();
        try (var files = Files.list(elsewhere)) {
            assertThat(files).singleElement().asString().endsWith("-int8-g32.weights");
        }
    }

    /** A folder that is a file, since one without permission to write is none for root. */
    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> open(WeightFormat.INT8, Optional.of(file)))
                .withMessageContaining(file.toString()).withMessageContaining("cacheFolder");
    }

    @Test
    void groupsAreOfThreeSizes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WeightOptions(WeightFormat.INT4, 48, Optional.empty()))
                .withMessage("groupSize: expected 32, 64 or 128, got 48");
    }
}
