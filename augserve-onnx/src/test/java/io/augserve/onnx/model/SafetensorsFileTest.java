package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.SafetensorsBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final String TWO = """
            {"__metadata__":{"format":"pt"},\
            "b":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]},\
            "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";

    @TempDir
    private Path directory;

    @Test
    void findsTensorsAtAbsoluteOffsets() throws IOException {
        SafetensorsFile file = read(SafetensorsBytes.file(TWO, new byte[14]));
        int data = 8 + TWO.length();
        assertThat(file.tensors().values()).containsExactly(
                new WeightTensor("b", WeightType.BF16, List.of(3L), file.file(), data + 8, 6),
                new WeightTensor("a", WeightType.F32, List.of(2L, 1L), file.file(), data, 8));
    }

    @Test
    void acceptsScalarsAndEmptyTensors() throws IOException {
        String header = """
                {"s":{"dtype":"F16","shape":[],"data_offsets":[0,2]},"e":{"dtype":"F16","shape":[0,9],"data_offsets":[2,2]}}""";
        assertThat(read(SafetensorsBytes.file(header, new byte[2])).tensors()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}} | 12 | tensor b: found an overlap
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}} | 16 | tensor b: found a hole
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 7 | tensor a: found a file of 69 bytes (truncated?), expected at least 70 bytes
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 9 | end of file: found 1 bytes behind the last tensor, expected none
            {"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}} | 8 | field a.dtype: found I64, expected F32, F16 or BF16
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}} | 8 | field a.data_offsets: found 8 bytes, expected the size of [3] in F32
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} | 8 | field a.shape: found -2
            {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | 0 | field a.shape: found [4294967296, 4294967296], expected a size that fits a file
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}} | 8 | field a.data_offsets: found [8, 0]
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}} | 8 | field a.data_offsets: found [0]
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775800,9223372036854775807]}} | 8 | field a.data_offsets
            {"a":{"dtype":"F32","shape":[2]}} | 8 | field a.data_offsets: found nothing
            {"a":7} | 0 | field a: found 7, expected an object
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | 4 | found the key "a" twice
            """, quoteCharacter = '\0')
    void refusesAWrongHeader(String header, int dataBytes, String message) {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> read(SafetensorsBytes.file(header, new byte[dataBytes])))
                .withMessageContaining("model.safetensors").withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_001L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void refusesAHugeHeaderLengthWithoutAllocatingIt(long length) {
        byte[] bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(bytes))
                .withMessageContaining("header length: found " + Long.toUnsignedString(length));
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = SafetensorsBytes.file(TWO, new byte[14]);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(part));
        }
    }

    @Test
    void neverThrowsAnythingElseWhateverByteIsWrong() throws IOException {
        byte[] whole = SafetensorsBytes.file(TWO, new byte[14]);
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(8 + TWO.length())] = (byte) random.nextInt();
            try {
                read(damaged);
            } catch (ModelFormatException e) {
                assertThat(e.file()).endsWith("model.safetensors");
            }
        }
    }

    @Test
    void leavesNoFileOpen() throws IOException {
        Path file = RandomCheckpoint.of(Family.LLAMA).writeTo(directory).resolve("model.safetensors");
        SafetensorsFile.read(file);
        assertThatCode(() -> Files.delete(file)).doesNotThrowAnyException();
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> SafetensorsFile.read(file))
                .withMessageContaining("found no such file");
    }

    private SafetensorsFile read(byte[] bytes) throws IOException {
        return SafetensorsFile.read(Files.write(directory.resolve("model.safetensors"), bytes));
    }
}
