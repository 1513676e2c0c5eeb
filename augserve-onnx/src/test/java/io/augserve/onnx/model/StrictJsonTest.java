package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    private static final Path FILE = Path.of("some.json");

    @Test
    void readsNestedValues() {
        assertThat(parse("{\"a\": [1, 2.5, {\"b\": null}], \"c\": \"x\\u00e9\", \"d\": true} \n ").toString())
                .isEqualTo("{\"a\":[1,2.5,{\"b\":null}],\"c\":\"xé\",\"d\":true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{\"a\"", "{\"a\":1,}", "{'a':1}", "{a:1}", "{\"a\":NaN}", "{\"a\":01}",
            "{\"a\":1} x", "{\"a\":1}{}", "{\"a\":1 /* c */}", "{\"a\":TRUE}", "{\"a\":1,\"a\":1}",
            "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":1e99999999999}"})
    void refusesWhatIsNotOneStrictObject(String text) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> parse(text))
                .withMessageStartingWith("some.json: ");
    }

    @Test
    void refusesDeepNestingInsteadOfExhaustingTheStack() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> parse(deep));
    }

    @Test
    void refusesMalformedUtf8() {
        byte[] bytes = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> StrictJson.parse(FILE, ByteBuffer.wrap(bytes))).withMessageContaining("UTF-8");
    }

    @Test
    void namesAMissingFile() {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> StrictJson.read(Path.of("no-such.json")))
                .withMessage("no-such.json: file: found no such file, expected a readable JSON file");
    }

    private static Object parse(String text) {
        return StrictJson.parse(FILE, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
