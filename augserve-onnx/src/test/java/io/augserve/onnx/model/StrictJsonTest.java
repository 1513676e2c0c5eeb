package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    void refusesMoreValuesThanAnyModelHas() {
        String many = "{\"a\":[" + "1,".repeat(StrictJson.MAX_VALUES) + "1]}";
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> parse(many))
                .withMessage("some.json: JSON: found more than 1048576 values, expected fewer");
    }

    @Test
    void saysOneLineWhateverTheFileSays() {
        String hostile = "{\"a\\u001b[2J\\n\\u2028\":1,\"a\\u001b[2J\\n\\u2028\":" + "2}";
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> parse(hostile)).satisfies(
                e -> assertThat(e.getMessage()).contains("a\\u001b[2J\\u000a\\u2028").doesNotContain("\n", "\u2028"));
        String key = "k".repeat(100_000);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> parse("{\"" + key + "\":1,\"" + key + "\":1}"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000).endsWith("expected each key once"));
    }

    @Test
    void readsRegularFilesOnly(@TempDir Path directory) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> StrictJson.read(directory))
                .withMessageEndingWith(": file: found a directory, expected a readable JSON file");
        assumeThat(Path.of("/dev/zero")).exists();
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> StrictJson.read(Path.of("/dev/zero")))
                .withMessageContaining("found no regular file");
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
