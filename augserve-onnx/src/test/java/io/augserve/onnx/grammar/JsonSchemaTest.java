package io.augserve.onnx.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonPrimitive;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {
    private static final JsonRules JSON = new JsonRules(Optional.empty());

    private static void accepts(String schema, String... texts) {
        assertThat(texts).allMatch(text -> Reading.accepts(JsonSchema.compile(schema, JSON), text));
    }

    private static void rejects(String schema, String... texts) {
        assertThat(texts).noneMatch(text -> Reading.accepts(JsonSchema.compile(schema, JSON), text));
    }

    @Test
    void integers() {
        accepts("{\"type\": \"integer\"}", "0", "-1", "10", "123456789012345678");
        rejects("{\"type\": \"integer\"}", "", "-", "01", "1.0", "1e3", "+1", "1234567890123456789", "\"1\"");
    }

    @Test
    void numbers() {
        accepts("{\"type\": \"number\"}", "0", "-0.5", "1e10", "12.50E-3");
        rejects("{\"type\": \"number\"}", ".5", "1.", "1e", "1e100", "NaN");
    }

    @Test
    void strings() {
        accepts("{\"type\": \"string\"}", "\"\"", "\"a b\"", "\"\\n\\u00e9\"", "\"é日🙂\"", "\"\\ud83d\\ude42\"");
        rejects("{\"type\": \"string\"}", "\"", "\"a\"b\"", "\"\n\"", "\"\\x\"", "\"\\ud83d\"", "\"\\u12\"", "a");
    }

    @Test
    void lengthsAreCharactersNotBytes() {
        String schema = "{\"type\": \"string\", \"minLength\": 2, \"maxLength\": 3}";
        accepts(schema, "\"ab\"", "\"日日日\"", "\"\\u00e9\\n\"");
        rejects(schema, "\"a\"", "\"abcd\"", "\"日\"");
    }

    @Test
    void membersComeInOrderAndOptionalOnesMayBeMissing() {
        String schema = """
                {"type": "object", "required": ["b", "d"], "properties": {"a": {"type": "null"}, "b": {"type": "boolean"},
                 "c": {"type": "integer"}, "d": {"const": "x"}}}""";
        accepts(schema, "{\"a\":null,\"b\":true,\"c\":1,\"d\":\"x\"}", "{\"b\": false, \"d\": \"x\"}",
                "{\"b\":true,\"c\":1,\"d\":\"x\"}");
        rejects(schema, "{}", "{\"b\":true}", "{\"d\":\"x\",\"b\":true}", "{,\"b\":true,\"d\":\"x\"}",
                "{\"b\":true,\"d\":\"x\",}", "{\"b\":true,\"d\":\"x\",\"e\":1}", "{\"b\":true \"d\":\"x\"}");
    }

    @Test
    void allMembersOptional() {
        String schema = "{\"properties\": {\"a\": {\"type\": \"integer\"}, \"ab\": {\"type\": \"integer\"}}}";
        accepts(schema, "{}", "{\"a\":1}", "{\"ab\":1}", "{\"a\":1,\"ab\":2}");
        rejects(schema, "{\"b\":1}", "{\"a\":1,}", "{\"ab\":1,\"a\":2}");
    }

    @Test
    void arraysAreCounted() {
        String schema = "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 1, \"maxItems\": 3}";
        accepts(schema, "[1]", "[1, 2,3]");
        rejects(schema, "[]", "[1,2,3,4]", "[1,]", "[true]");
        accepts("{\"type\": \"array\", \"maxItems\": 0}", "[]");
        accepts("{\"type\": \"array\"}", "[]", "[1, [\"a\", {}], null]");
    }

    @Test
    void alternatives() {
        accepts("{\"type\": [\"integer\", \"null\"]}", "1", "null");
        accepts("{\"anyOf\": [{\"type\": \"boolean\"}, {\"enum\": [\"a\\\"b\", 2, [1, null]]}]}", "true", "\"a\\\"b\"",
                "2", "[1,null]");
        rejects("{\"enum\": [\"a\", \"ab\"]}", "\"\"", "\"abc\"", "a");
    }

    @Test
    void schemasThatContainThemselves() {
        String schema = """
                {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["children"], "properties":
                 {"children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}}""";
        accepts(schema, "{\"children\":[]}", "{\"children\": [{\"children\": [{\"children\": []}]}]}");
        rejects(schema, "{\"children\":[{}]}", "{\"children\":[{\"children\":[]}}");
    }

    @Test
    void anyObject() {
        accepts("{\"type\": \"object\"}", "{}", "{\"a\": {\"b\": [1.5, \"c\"]}}");
        accepts("{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}", "{}",
                "{\"a\": 1, \"b\": 2}");
        rejects("{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}", "{\"a\": \"b\"}");
        accepts("{\"type\": \"object\", \"additionalProperties\": false}", "{}");
        rejects("{\"type\": \"object\", \"additionalProperties\": false}", "{\"a\":1}");
    }

    @Test
    void schemasThatNestForEverComeToAnEnd() {
        accepts("{\"type\": \"array\"}", "[".repeat(32) + "]".repeat(32));
        rejects("{\"type\": \"array\"}", "[".repeat(33) + "]".repeat(33));
        String list = "{\"type\": \"object\", \"properties\": {\"next\": {\"$ref\": \"#\"}}}";
        accepts(list, "{\"next\":".repeat(31) + "{}" + "}".repeat(31));
        rejects(list, "{\"next\":".repeat(32) + "{}" + "}".repeat(32));
    }

    @Test
    void constantsAreOfTheirType() {
        accepts("{\"type\": \"integer\", \"enum\": [1, \"a\", 2.5]}", "1");
        rejects("{\"type\": \"integer\", \"enum\": [1, \"a\", 2.5]}", "\"a\"", "2.5");
    }

    @Test
    void oneOfWhatExcludesEachOther() {
        accepts("{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": [\"string\", \"null\"]}]}", "1", "null");
        String shapes = """
                {"oneOf": [{"$ref": "#/$defs/dot"}, {"$ref": "#/$defs/line"}], "discriminator": {"propertyName": "kind"}, "$defs": {
                 "dot": {"type": "object", "properties": {"kind": {"const": "dot"}}, "required": ["kind"]},
                 "line": {"type": "object", "properties": {"kind": {"const": "line"}, "to": {"type": "integer"}}, "required": ["kind"]}}}""";
        accepts(shapes, "{\"kind\":\"dot\"}", "{\"kind\":\"line\",\"to\":1}");
        rejects(shapes, "{\"kind\":\"dot\",\"to\":1}");
    }

    @Test
    void keywordsTellTheType() {
        accepts("{\"minLength\": 1}", "\"a\"");
        rejects("{\"minLength\": 1}", "\"\"", "1");
        accepts("{\"allOf\": [{\"type\": \"null\"}]}", "null");
        rejects("{\"properties\": {}, \"additionalProperties\": {\"type\": \"null\"}}", "{\"a\":null}");
    }

    /** Every bound between -130 and 130 against every number from -250 to 250, written out. */
    @Test
    void boundsOfIntegers() {
        for (int least = -130; least <= 130; least += 7) {
            for (int most = least; most <= 130; most += 11) {
                Rule rule = new NumberRange(least, most).integers();
                for (int value = -250; value <= 250; value++) {
                    assertThat(Reading.accepts(rule, Integer.toString(value))).as("%s in %s to %s", value, least, most)
                            .isEqualTo(value >= least && value <= most);
                }
            }
        }
        accepts("{\"type\": \"integer\", \"minimum\": 0.5, \"exclusiveMaximum\": 3}", "1", "2");
        rejects("{\"type\": \"integer\", \"minimum\": 0.5, \"exclusiveMaximum\": 3}", "0", "3", "-1", "01");
        accepts("{\"type\": \"integer\", \"minimum\": -1e300}", "-999999999999999999");
        accepts("{\"type\": \"integer\", \"exclusiveMinimum\": -1, \"maximum\": 1e-300}", "0");
    }

    @Test
    void boundsOfNumbers() {
        String schema = "{\"type\": \"number\", \"minimum\": -2, \"maximum\": 10}";
        accepts(schema, "0", "-2", "-2.0", "-1.99", "-0.5", "9.999", "10", "10.0", "0.0");
        rejects(schema, "-2.5", "-3", "10.5", "11", "1e1", "10.01");
        accepts("{\"minimum\": 0}", "0.5", "123456.7");
        rejects("{\"minimum\": 0}", "-1", "-0.5");
    }

    @Test
    void patterns() {
        String date = "{\"type\": \"string\", \"pattern\": \"^\\\\d{4}-(0[1-9]|1[0-2])-\\\\d\\\\d$\"}";
        accepts(date, "\"2026-11-21\"");
        rejects(date, "\"2026-13-21\"", "\"2026-11-2\"", "\"2026-11-211\"", "2026-11-21");
        String mail = "{\"pattern\": \"^[\\\\w.+-]+@(?:[a-z]+\\\\.){1,2}[a-z]{2,}$\"}";
        accepts(mail, "\"a.b+c@mail.example.org\"", "\"_@b.de\"");
        rejects(mail, "\"@b.de\"", "\"a@b\"", "\"a@b.c.d.ef\"");
        accepts("{\"pattern\": \"^.[^a-y]?$\"}", "\"~z\"", "\" \"");
        rejects("{\"pattern\": \"^.[^a-y]?$\"}", "\"a\\n\"", "\"\"", "\"aa\"");
        accepts("{\"pattern\": \"^$\"}", "\"\"");
        Rule shy = JsonSchema.compile("{\"pattern\": \"^.*$\"}", new JsonRules(Optional.of(new Marker("<call>"))));
        assertThat(Reading.begins(shy, "\"<")).as("what may begin a call").isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "^a", "^a|b$", "^(a*)*$", "^a**$", "^a+?$", "^(a$", "^[a$", "^a)$", "^\\bcat$",
            "^\\p{L}$",
            "^a{3,2}$", "^a{x}$", "^a{2000}$", "^(a{50}b){50}$", "^(a{1000}){1000}$", "^(?=a)$", "^\\1$", "^é$",
            "^[[a]]$", "^[a&&b]$", "^a\\$", "^*$", "^\"$",
            "^"})
    void patternsThatAreNotUnderstood(String pattern) {
        String schema = "{\"pattern\": " + new JsonPrimitive(pattern) + "}";
        assertThatIllegalArgumentException().isThrownBy(() -> JsonSchema.compile(schema, JSON))
                .withMessageStartingWith("schema, #");
    }

    @Test
    void longPatterns() {
        accepts("{\"pattern\": \"^" + "a?".repeat(250) + "$\"}", "\"\"", "\"" + "a".repeat(250) + "\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonSchema.compile("{\"pattern\": \"^" + "a".repeat(251) + "$\"}", JSON))
                .withMessageContaining("expected at most 250 characters");
    }

    /** Ten times as many ways with every depth. */
    @Test
    void alternativesThatMultiplyAreNoticed() {
        String one = "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#\"}}}";
        Rule rule = JsonSchema.compile("{\"anyOf\": [" + String.join(", ", Collections.nCopies(10, one)) + "]}", JSON);
        assertThat(Reading.begins(rule, "{\"a\":{\"a\":{")).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> Reading.begins(rule, "{\"a\":{\"a\":{\"a\":{\"a\":{"))
                .withMessageContaining("more than 5000 ways");
    }

    @Test
    void twoHundredOptionalMembers() {
        String members = IntStream.range(0, 200).mapToObj(i -> "\"m" + i + "\": {\"type\": \"null\"}")
                .collect(Collectors.joining(", "));
        accepts("{\"properties\": {" + members + "}}", "{}", "{\"m199\":null}", "{\"m0\":null,\"m150\":null}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "{\"type\": \"strin\"}|schema, #/type: expected object, array, string",
            "{\"type\": \"string\", \"pattern\": \"a+\"}|schema, #/pattern: the pattern 'a+': expected ^ at its beginning",
            "{\"properties\": {\"a\": {\"multipleOf\": 3}}}|schema, #/properties/a/multipleOf: expected one of",
            "{\"type\": \"number\", \"exclusiveMinimum\": 0}|#/exclusiveMinimum: expected a whole minimum or maximum",
            "{\"type\": \"number\", \"minimum\": 0.5}|#/minimum: expected a whole minimum or maximum",
            "{\"type\": \"integer\", \"minimum\": true}|#/minimum: expected a number, got true",
            "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2}|schema, #: no value can follow it",
            "{\"pattern\": \"^a$\", \"maxLength\": 3}|#/pattern: expected no minLength and maxLength beside it",
            "{\"properties\": {}, \"required\": [\"a\"]}|schema, #/required: expected names of properties, got 'a'",
            "{\"enum\": []}|schema, #/enum: expected an array that is not empty",
            "{\"$ref\": \"#/$defs/a\"}|schema, #/$defs/a: there is nothing there",
            "{\"$ref\": \"http://example.com\"}|expected a $ref into the same schema",
            "{\"anyOf\": [{\"$ref\": \"#\"}]}|schema, #: it contains itself with nothing around it",
            "{\"type\": \"array\", \"minItems\": 3, \"maxItems\": 2}|expected minItems <= maxItems, got 3 and 2",
            "{\"type\": \"string\", \"maxLength\": -1}|schema, #/maxLength: expected 0 to 100000, got -1",
            "{\"type\": |schema: expected JSON",
            "{\"type\": \"object\", \"required\": [\"a\"]}|schema, #/required: expected names of properties, got 'a'",
            "{\"minLength\": 1, \"minItems\": 1}|schema, #: expected a type, got what restricts array and string",
            "{\"anyOf\": [{\"type\": \"null\"}], \"minLength\": 1}|#/minLength: expected nothing beside anyOf",
            "{\"const\": 1, \"enum\": [1]}|expected nothing beside const",
            "{\"type\": \"string\", \"const\": 1}|schema, #: expected a constant of its own type, got none",
            "{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}]}|#/oneOf: a value may follow both 0 and 1",
            "{\"oneOf\": [{\"type\": \"object\"}, {\"type\": \"object\"}]}|#/oneOf: a value may follow both 0 and 1",
            "{\"allOf\": [{}, {}]}|schema, #/allOf: expected one schema, got 2",
            "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]}|schema, #: no value can follow it",
            "{\"type\": \"string\", \"minLength\": 3, \"maxLength\": 2}|expected minLength <= maxLength, got 3 and 2",
            "false|schema, #: expected an object, got false"})
    void whatIsNotUnderstoodIsRefused(String schema, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> JsonSchema.compile(schema, JSON))
                .withMessageContaining(message);
    }
}
