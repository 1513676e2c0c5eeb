package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.ParsedCall.Malformed;
import io.augserve.engine.ParsedCall.Valid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallJsonTest {
    @Test
    void handsArgumentsOnAsWritten() {
        assertThat(CallJson.parse("\n{\"name\": \"f\", \"arguments\": {\"b\" :1.50,\"a\":[ {} ],\"}\":\"\\\"}\"} }\n"))
                .isEqualTo(new Valid("f", "{\"b\" :1.50,\"a\":[ {} ],\"}\":\"\\\"}\"}"));
        assertThat(CallJson.parse("{\"parameters\":{\"x\":{\"y\":{}}},\"name\":\"f\"}"))
                .isEqualTo(new Valid("f", "{\"x\":{\"y\":{}}}"));
        assertThat(
                CallJson.parse("{\"id\": {\"a\": {}}, \"name\": \"f\", \"\\u0061rguments\": {\"k\": 1}, \"z\": [{}]}"))
                .isEqualTo(new Valid("f", "{\"k\": 1}"));
    }

    @Test
    void unwrapsArgumentsInAString() {
        assertThat(CallJson.parse("{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": \\\"\\u00e9\\\"}\"}"))
                .isEqualTo(new Valid("f", "{\"a\": \"é\"}"));
    }

    @Test
    void noArgumentsAreTheEmptyObject() {
        assertThat(CallJson.parse("{\"type\": \"function\", \"name\": \"now\"}")).isEqualTo(new Valid("now", "{}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name": "f", "arguments": {}          | not valid JSON
            {"name": f, "arguments": {}}           | not valid JSON
            {'name': 'f'}                          | not valid JSON
            {"name": "f", "arguments": {"a": 01}}  | not valid JSON
            ``                                     | not valid JSON
            [1]                                    | not a JSON object
            "f"                                    | not a JSON object
            {"arguments": {}}                      | has no "name"
            {}                                     | has no "name"
            {"name": 5}                            | "name" is not a string
            {"name": ""}                           | "name" is empty
            {"name": "f", "name": "g"}             | two names
            {"name": "f", "arguments": [1]}        | arguments are not a JSON object
            {"name": "f", "arguments": null}       | arguments are not a JSON object
            {"name": "f", "arguments": "x"}        | not valid JSON
            {"name": "f", "arguments": "[1]"}      | arguments are not a JSON object
            {"name": "f", "arguments": "{} {}"}    | not valid JSON
            {"name": "f", "arguments": {}, "parameters": {}} | its arguments twice
            {"name": "f"} {"name": "g"}            | not valid JSON
            {"name": "f"} and more                 | not valid JSON
            """)
    void tellsTheModelWhatIsWrong(String text, String problem) {
        ParsedCall call = CallJson.parse(text);
        assertThat(call).isInstanceOfSatisfying(Malformed.class, malformed -> {
            assertThat(malformed.text()).isEqualTo(text);
            assertThat(malformed.problem()).contains(problem).doesNotContain("Gson", "http");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'name': 'f', 'arguments': {'a': 'x\ny'}}", "{'name': 'f', 'arguments': {'a\tb': 1}}",
            "{'name': 'f', 'arguments': {'a': ['x', {'b': '\u0000'}]}}", "{'name': 'f\n', 'arguments': {}}",
            "{'other': 'x\r', 'name': 'f'}", "{'name': 'f', 'arguments': '{\\'a\\': \\'x\ny\\'}'}"})
    void controlCharactersInStringsAreNoJson(String text) {
        assertThat(CallJson.parse(text.replace('\'', '"'))).isInstanceOfSatisfying(Malformed.class,
                malformed -> assertThat(malformed.problem()).contains("not valid JSON"));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 1000})
    void nestingIsBounded(int levels) {
        String arguments = "{\"a\":".repeat(levels - 1) + "1" + "}".repeat(levels - 1);
        ParsedCall call = CallJson.parse("{\"name\": \"f\", \"arguments\": " + arguments + "}");
        if (levels == 64) {
            assertThat(call).isEqualTo(new Valid("f", arguments));
        } else {
            assertThat(call).isInstanceOfSatisfying(Malformed.class,
                    malformed -> assertThat(malformed.problem()).contains("nested deeper than 64 levels"));
        }
    }
}
