package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.examples.BadInputException;
import io.augserve.request.ServiceLevel;
import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.TraceSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {
    @TempDir
    Path directory;

    @Test
    void everyField() throws IOException {
        Trace trace = trace("""
                {"id": "r1", "type": "qa", "prompt_tokens": 12, "arrival_s": 1.5, "session": "s", "priority": -2,
                 "slo_ttft_s": 0.5, "slo_norm_s": 0.25, "unknown": [1],
                 "segments": [{"output_tokens": 3, "tool_s": 0.125, "returned_tokens": 7, "tool": "wiki"},
                              {"output_tokens": 4}]}""".replace("\n", " "));
        assertThat(trace.name()).isEqualTo("trace.jsonl");
        TraceRequest request = trace.requests().getFirst();
        assertThat(request.id()).isEqualTo("r1");
        assertThat(request.kind()).isEqualTo("qa");
        assertThat(request.promptTokens()).isEqualTo(12);
        assertThat(request.arrivalSeconds()).hasValue(1.5);
        assertThat(request.session()).contains("s");
        assertThat(request.priority()).isEqualTo(-2);
        assertThat(request.objective()).contains(new ServiceLevel(Duration.ofMillis(500), Duration.ofMillis(250)));
        assertThat(request.segments()).containsExactly(TraceSegment.calling(3, "wiki", 0.125, 7), TraceSegment.last(4));
    }

    @Test
    void onlyWhatIsRequiredAndBlankLinesBetween() throws IOException {
        Trace trace = trace("",
                "{\"id\":\"a\",\"kind\":\"k\",\"prompt_tokens\":1,\"segments\":[{\"output_tokens\":2}]}",
                "  ", "{\"id\":\"b\",\"type\":\"k\",\"prompt_tokens\":1e1,\"segments\":[{\"output_tokens\":2}]}");
        assertThat(trace.requests()).extracting(TraceRequest::id).containsExactly("a", "b");
        assertThat(trace.requests().get(1).promptTokens()).isEqualTo(10);
        assertThat(trace.places().get(1)).endsWith("trace.jsonl, line 4");
    }

    @Test
    void aFieldThatStandsTwiceIsRefused() {
        assertThatThrownBy(() -> trace(request("{\"output_tokens\":2,\"output_tokens\":3}")))
                .isInstanceOf(BadInputException.class).hasMessageContaining(
                        "trace.jsonl, line 1, segments[0].output_tokens: expected each field once, got it twice");
    }

    @Test
    void aCallThatEndsTheRequestIsLeftOut() throws IOException {
        Trace trace = trace(request("{\"output_tokens\":2,\"tool_s\":9,\"returned_tokens\":-2}"));
        assertThat(trace.requests().getFirst().segments()).containsExactly(TraceSegment.last(2));
    }

    @Test
    void callsWithoutTimesNeedTheOption() throws IOException {
        Path file = write(
                request("{\"output_tokens\":2,\"kind\":\"user\",\"returned_tokens\":5},{\"output_tokens\":1}"));
        assertThatThrownBy(() -> Trace.of(file.toString(), OptionalDouble.empty()))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        file + ", line 1, segments[0].tool_s: expected the seconds of the call (--tool-seconds S sets "
                                + "them for all that have none), got nothing");
        Trace trace = Trace.of(file.toString(), OptionalDouble.of(2.5));
        assertThat(trace.requests().getFirst().segments().getFirst())
                .isEqualTo(TraceSegment.calling(2, "user", 2.5, 5));
    }

    @Test
    void builtins() {
        Trace trace = Trace.of("builtin:qa", OptionalDouble.empty());
        assertThat(trace.name()).isEqualTo("qa");
        assertThat(trace.requests()).hasSize(10_000).hasSameSizeAs(trace.places());
        assertThatThrownBy(() -> Trace.of("builtin:nothing", OptionalDouble.empty()))
                .isInstanceOf(BadInputException.class).hasMessageContaining("expected one of builtin:mixture");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'id':'a'                                  | : expected a JSON object, got malformed JSON",
            "{'id':'a','id'='b'}                        | : expected a JSON object, got malformed JSON",
            "{'id':'a','prompt_tokens':NaN}             | : expected a JSON object, got malformed JSON",
            "{} {}                                      | : expected ",
            "[1]                                        | : expected a JSON object, got [1]",
            "{}                                         | , id: expected a text, got nothing",
            "{'id':3}                                   | , id: expected a text that is not blank, got 3",
            "{'id':'a'}                                 | , type: expected a text, here or in kind, got nothing",
            "{'id':'a','type':'t'}                      | , segments: expected an array of at least one object, got nothing",
            "{'id':'a','type':'t','segments':[]}        | , segments: expected an array of at least one object, got []",
            "{'id':'a','type':'t','segments':[7]}       | , segments[0]: expected a JSON object, got 7",
            "{'id':'a','type':'t','segments':[{}]}      | , segments[0].output_tokens: expected an integer >= 1, got nothing",
            "{'id':'a','type':'t','segments':[{'output_tokens':0}]}   | , segments[0].output_tokens: expected an integer >= 1, got 0",
            "{'id':'a','type':'t','segments':[{'output_tokens':1.5}]} | , segments[0].output_tokens: expected an integer >= 1 that fits",
            "{'id':'a','type':'t','segments':[{'output_tokens':1e99}]}| , segments[0].output_tokens: expected an integer >= 1 that fits",
            "{'id':'a','type':'t','segments':[{'output_tokens':'1'}]} | , segments[0].output_tokens: expected an integer >= 1, got \"1\"",
            "{'id':'a','type':'t','segments':[{'output_tokens':1,'tool_s':1,'returned_tokens':-1},{'output_tokens':1}]} | , segments[0].returned_tokens: expected an integer >= 0, got -1",
            "{'id':'a','type':'t','segments':[{'output_tokens':1,'tool_s':-1},{'output_tokens':1}]} | , segments[0].tool_s: expected a number from 0 to ",
            "{'id':'a','type':'t','segments':[{'output_tokens':1}]}   | , prompt_tokens: expected an integer >= 1, got nothing",
            "{'id':'a','type':'t','segments':[{'output_tokens':1}],'prompt_tokens':-5} | , prompt_tokens: expected an integer >= 1, got -5",
            "{'id':'a','type':'t','segments':[{'output_tokens':1}],'prompt_tokens':null} | , prompt_tokens: expected an integer >= 1, got null",
            "{'id':'a','type':'t','segments':[{'output_tokens':1}],'prompt_tokens':1,'slo_ttft_s':1} | , slo_norm_s: expected a number",
            "{'id':'a','type':'t','segments':[{'output_tokens':2147483647}],'prompt_tokens':1} | : request a: expected at most",
    })
    void whatIsWrongIsNamedWithFileLineAndField(String line, String expected) throws IOException {
        Path file = write(request("{\"output_tokens\":1}"), line.replace('\'', '"'));
        assertThatThrownBy(() -> Trace.of(file.toString(), OptionalDouble.empty()))
                .isInstanceOf(BadInputException.class).hasMessageStartingWith(file + ", line 2" + expected)
                .hasMessageNotContaining("\n");
    }

    @Test
    void filesThatCannotBeUsed() throws IOException {
        assertThatThrownBy(() -> trace("", " ")).isInstanceOf(BadInputException.class)
                .hasMessageContaining("trace.jsonl: expected at least one request, got an empty file");
        assertThatThrownBy(() -> Trace.of(directory.resolve("none").toString(), OptionalDouble.empty()))
                .isInstanceOf(BadInputException.class).hasMessageContaining("there is no such file");
        Path binary = Files.write(directory.resolve("binary"), new byte[]{(byte) 0xff, 1});
        assertThatThrownBy(() -> Trace.of(binary.toString(), OptionalDouble.empty()))
                .isInstanceOf(BadInputException.class).hasMessageContaining("cannot be read as UTF-8");
    }

    private static String request(String segments) {
        return "{\"id\":\"x\",\"type\":\"t\",\"prompt_tokens\":5,\"segments\":[" + segments + "]}";
    }

    private Trace trace(String... lines) throws IOException {
        return Trace.of(write(lines).toString(), OptionalDouble.empty());
    }

    private Path write(String... lines) throws IOException {
        return Files.write(directory.resolve("trace.jsonl"), List.of(lines));
    }
}
