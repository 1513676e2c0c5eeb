package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ProtoMessageTest {
    /** The examples of protobuf's own encoding guide. */
    @Test
    void encodesAsTheGuideDoes() {
        assertThat(hex(new ProtoMessage().varint(1, 150))).isEqualTo("089601");
        assertThat(hex(new ProtoMessage().string(2, "testing"))).isEqualTo("120774657374696e67");
        assertThat(hex(new ProtoMessage().message(3, new ProtoMessage().varint(1, 150)))).isEqualTo("1a03089601");
        assertThat(hex(new ProtoMessage().varint(1, -2))).isEqualTo("08feffffffffffffffff01");
    }

    @Test
    void encodesFloatsAndFieldsAboveFifteen() {
        assertThat(hex(new ProtoMessage().fixed32(2, 1f))).isEqualTo("150000803f");
        assertThat(hex(new ProtoMessage().varint(20, 1))).isEqualTo("a00101");
    }

    @Property
    void readsBackWhatItWrote(@ForAll long number, @ForAll String text, @ForAll float real) {
        byte[] bytes = new ProtoMessage().varint(9, number).string(300, text)
                .message(2, new ProtoMessage().fixed32(1, real)).toByteArray();
        ProtoReader read = new ProtoReader(bytes);
        assertThat(read.varints(9)).containsExactly(number);
        assertThat(read.messages(2).getFirst().fixed32(1)).isEqualTo(real);
        assertThat(read.string(300)).isEqualTo(new String(text.getBytes(StandardCharsets.UTF_8),
                StandardCharsets.UTF_8));
    }

    private static String hex(ProtoMessage message) {
        return HexFormat.of().formatHex(message.toByteArray());
    }
}
