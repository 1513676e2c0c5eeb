package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.ProtoReader;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxWriterTest {
    /** Decoded by hand from onnx.proto3, a field a line. */
    private static final String IDENTITY = """
            08 0a
            12 08 6175677365727665
            3a 3b
              0a 13  0a 01 78  12 01 79  1a 01 6e  22 08 4964656e74697479
              12 01 67
              5a 0f  0a 01 78  12 0a 0a 08  08 01  12 04  0a 02 08 02
              62 10  0a 01 79  12 0b 0a 09  08 01  12 05  0a 03 12 01 74
            42 04  0a 00  10 12
            """;

    private static final String EXTERNAL = """
            08 02  08 03
            10 10
            42 01 77
            6a 0d  0a 08 6c6f636174696f6e  12 01 66
            6a 0b  0a 06 6f6666736574  12 01 39
            6a 0c  0a 06 6c656e677468  12 02 3132
            70 01
            """;

    @Test
    void writesAModelByteForByte() {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input("x", TensorType.FLOAT, Dimension.of(2));
        onnx.output("y", TensorType.FLOAT, Dimension.of("t"));
        onnx.node(new Node("n", "", "Identity", List.of("x"), List.of("y"), List.of()));
        assertThat(HexFormat.of().formatHex(onnx.write("g", Map.of("", 18))))
                .isEqualTo(IDENTITY.replaceAll("\\s", ""));
    }

    @Test
    void writesExternalData() {
        OnnxWriter onnx = new OnnxWriter();
        onnx.external("w", TensorType.BFLOAT16, List.of(2L, 3L), "f", 9, 12);
        assertThat(HexFormat.of().formatHex(onnx.write("g", Map.of()))).contains(EXTERNAL.replaceAll("\\s", ""));
    }

    @Test
    void writesConstantsAttributesAndDomains() {
        OnnxWriter onnx = new OnnxWriter();
        onnx.floats("f", new float[]{1, -2}, 1, 2);
        onnx.longs("l", -1, 3);
        onnx.node(new Node("n", "d", "Op", List.of("f", "", "l"), List.of("y"),
                List.of(Attribute.of("i", -1), Attribute.of("r", 0.5f))));
        ProtoReader model = new ProtoReader(onnx.write("g", Map.of("d", 1)));
        ProtoReader graph = model.messages(7).getFirst();
        ProtoReader floats = graph.messages(5).get(0);
        assertThat(floats.varints(1)).containsExactly(1L, 2L);
        assertThat(floats.varints(2)).containsExactly(1L);
        ProtoReader longs = graph.messages(5).get(1);
        assertThat(longs.varints(1)).containsExactly(2L);
        assertThat(longs.varints(2)).containsExactly(7L);
        ProtoReader node = graph.messages(1).getFirst();
        assertThat(node.strings(1)).containsExactly("f", "", "l");
        assertThat(node.string(7)).isEqualTo("d");
        assertThat(node.messages(5).get(0).varints(3)).containsExactly(-1L);
        assertThat(node.messages(5).get(0).varints(20)).containsExactly(2L);
        assertThat(node.messages(5).get(1).fixed32(2)).isEqualTo(0.5f);
        assertThat(node.messages(5).get(1).varints(20)).containsExactly(1L);
    }
}
