package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonJsonTest {
    @Test
    void writesOneLine() {
        assertThat(PythonJson.compact(
                " {\"b\":[1,2.50,-0.0,1e5,12345678901234567890],\n\"a\":{\"\":null,\"x\":[],\"y\":{}},\"t\":true} ",
                "it"))
                .isEqualTo(
                        "{\"b\": [1, 2.50, -0.0, 1e5, 12345678901234567890], \"a\": {\"\": null, \"x\": [], \"y\": {}}, \"t\": true}");
        assertThat(PythonJson.compact("\"a\"", "it")).isEqualTo("\"a\"");
        assertThat(PythonJson.compact("7", "it")).isEqualTo("7");
    }

    @Test
    void indents() {
        assertThat(PythonJson.indented("{\"a\":[1,{\"b\":{}}],\"c\":[]}", "it")).isEqualTo("""
                {
                    "a": [
                        1,
                        {
                            "b": {}
                        }
                    ],
                    "c": []
                }""");
    }

    @Test
    void escapesWhatPythonEscapes() {
        assertThat(
                PythonJson.compact("\"\\u00e9\\/<\\u0001\\u001f\\u007f\\n\\r\\t\\b\\f\\\\\\\"\\ud83d\\ude42\"", "it"))
                .isEqualTo("\"é/<\\u0001\\u001f\u007f\\n\\r\\t\\b\\f\\\\\\\"🙂\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{]", "{\"a\" 1}", "[1,]", "{\"a\":1,}", "1 2", "nul", "'a'", "// x\n1", "NaN",
            "\"\n\""})
    void refusesWhatIsNotStrictJson(String json) {
        assertThatThrownBy(() -> PythonJson.compact(json, "schema of 'f'")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schema of 'f': expected JSON, got " + json);
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(64) + "]".repeat(64);
        assertThat(PythonJson.compact(deep, "it")).isEqualTo(deep);
        assertThatThrownBy(() -> PythonJson.compact("[" + deep + "]", "it"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
