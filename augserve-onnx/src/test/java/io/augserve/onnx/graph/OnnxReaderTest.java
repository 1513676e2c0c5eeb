package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxReaderTest {
    private static final Path FILE = Path.of("model.onnx");
    /** As ONNX's own library serialises it. */
    private static final String GOLDEN = "/golden/onnx/tiny.hex";

    @TempDir
    Path folder;

    private static OnnxModel read(byte[] bytes) {
        return OnnxReader.read(FILE, MemorySegment.ofArray(bytes));
    }

    private static byte[] golden() throws IOException {
        try (var in = OnnxReaderTest.class.getResourceAsStream(GOLDEN)) {
            StringBuilder hex = new StringBuilder();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .forEach(line -> hex.append(line.replaceAll("#.*", "").replaceAll("\\s", "")));
            return HexFormat.of().parseHex(hex);
        }
    }

    @Test
    void readsAModelByHand() throws IOException {
        byte[] bytes = golden();
        OnnxModel model = read(bytes);
        assertThat(model.irVersion()).isEqualTo(8);
        assertThat(model.operatorSets()).containsExactlyInAnyOrderEntriesOf(Map.of("", 17, "com.microsoft", 1));
        assertThat(model.inputs()).containsExactly(
                new TensorValue("x", 1, Optional.of(List.of(Dimension.of("n"), Dimension.of(2), Dimension.of("")))));
        assertThat(model.outputs()).containsExactly(new TensorValue("y", 10, Optional.empty()));
        Node gather = model.nodes().getFirst();
        assertThat(gather).isEqualTo(new Node("g", "", "Gather", List.of("w", "i"), List.of("h"),
                List.of(Attribute.of("axis", -1))));
        Node custom = model.nodes().getLast();
        assertThat(custom.domain()).isEqualTo("com.microsoft");
        assertThat(custom.inputs()).containsExactly("h", "", "x");
        assertThat(custom.attributes().get(0)).isEqualTo(Attribute.of("scale", 0.5f));
        assertThat(custom.attributes().get(1)).isEqualTo(new Attribute.OfString("mode", "NONE"));
        assertThat(custom.attributes().get(2)).isInstanceOf(Attribute.Encoded.class);
        Initializer table = model.initializers().get("w");
        assertThat(table.shape()).containsExactly(2L, 300L);
        assertThat(table.data()).isEqualTo(new Initializer.Data.External("w.bin", 4096, OptionalLong.of(1200)));
        Initializer indices = model.initializers().get("i");
        assertThat(indices.type()).isEqualTo(7);
        assertThat(indices.data()).isInstanceOfSatisfying(Initializer.Data.Raw.class, raw -> {
            assertThat(raw.length()).isEqualTo(8);
            assertThat(bytes[(int) raw.offset()]).isEqualTo((byte) 1);
        });
    }

    @Test
    void readsWhatTheWriterWrites() {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input("x", ElementType.INT64, Dimension.of("t"));
        onnx.longs("axes", 0, 1);
        onnx.node(new Node("n", "d", "Op", List.of("x", "axes"), List.of("y"),
                List.of(Attribute.of("a", -7), Attribute.of("b", 1.5f), new Attribute.OfString("c", "é"))));
        onnx.output("y", ElementType.FLOAT);
        OnnxModel model = read(onnx.write("g", Map.of("", 21, "d", 3)));
        assertThat(model.inputs()).containsExactly(TensorValue.of("x", ElementType.INT64, Dimension.of("t")));
        assertThat(model.outputs()).containsExactly(TensorValue.of("y", ElementType.FLOAT));
        assertThat(model.nodes()).containsExactly(new Node("n", "d", "Op", List.of("x", "axes"), List.of("y"),
                List.of(Attribute.of("a", -7), Attribute.of("b", 1.5f), new Attribute.OfString("c", "é"))));
        assertThat(model.initializers().get("axes").shape()).containsExactly(2L);
    }

    @Test
    void valuesMustBeMadeOnceAndBeforeTheyAreUsed() {
        Node first = new Node("a", "", "Neg", List.of("x"), List.of("h"), List.of());
        Node second = new Node("b", "", "Neg", List.of("h"), List.of("y"), List.of());
        assertThat(read(model(first, second)).nodes()).hasSize(2);
        assertProblem(model(second, first), "node b (Neg): found the value h before it is made");
        assertProblem(model(first, new Node("b", "", "Add", List.of("h", "y"), List.of("y"), List.of())),
                "found the value y before it is made");
        assertProblem(model(first, second, first), "value h: found it made twice");
    }

    private static byte[] model(Node... nodes) {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input("x", ElementType.FLOAT, Dimension.of(1));
        Stream.of(nodes).forEach(onnx::node);
        onnx.output("y", ElementType.FLOAT, Dimension.of(1));
        return onnx.write("g", Map.of("", 21));
    }

    @Test
    void hostileSizesAreRefused() {
        HexFormat hex = HexFormat.of();
        assertProblem(new byte[0], "found no graph");
        assertProblem(hex.parseHex("3a05"), "byte 2: found 5 bytes, expected at most the 0");
        assertProblem(hex.parseHex("3affffffffffffffff7f"), "bytes, expected at most the 0");
        assertProblem(hex.parseHex("3affffffffffffffffff01"), "18446744073709551615 bytes");
        assertProblem(hex.parseHex("08ffffffffffffffffffffff"), "a number of more than 10 bytes");
        assertProblem(hex.parseHex("12"), "found the end of the message");
        assertProblem(hex.parseHex("13"), "wire type 3");
        assertProblem(hex.parseHex("00"), "field number 0");
        assertProblem(hex.parseHex("3801"), "wire type 0 in field 7");
        byte[] many = new byte[2 * OnnxReader.MAX_PARTS + 100];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = 0x0a; // an empty node
        }
        assertProblem(new ProtoMessage().bytes(7, many).toByteArray(), "more than 1048576 parts");
    }

    private static void assertProblem(byte[] bytes, String message) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(bytes))
                .withMessageContaining(message).withMessageStartingWith("model.onnx: ");
    }

    @Test
    void weightsThatAreNotThereAreNamed() throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.LLAMA);
        ExportedDecoder.writeGenai(checkpoint, Form.GROUPED, ElementType.FLOAT, folder);
        OnnxModel model = OnnxReader.read(folder.resolve("model.onnx"));
        Path data = folder.resolve("model.onnx.data");
        byte[] all = Files.readAllBytes(data);
        Files.write(data, Arrays.copyOf(all, 100));
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ExportedWeights.of(model))
                .withMessageContaining("found a file of 100 bytes (truncated?), expected");
        Files.delete(data);
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ExportedWeights.of(model))
                .withMessageContaining("model.onnx.data");
    }

    @Test
    void weightsOutsideOfTheFolderAreRefused() {
        for (String location : List.of("../secret", "/etc/passwd", "a/../../b", ".")) {
            OnnxWriter onnx = new OnnxWriter();
            onnx.external("w", ElementType.FLOAT, List.of(1L), location, 0, 4);
            onnx.output("w", ElementType.FLOAT, Dimension.of(1));
            OnnxModel model = read(onnx.write("g", Map.of("", 21)));
            assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ExportedWeights.of(model))
                    .withMessageContaining("constant w: found " + location)
                    .withMessageContaining("in the model's folder");
        }
    }
}
