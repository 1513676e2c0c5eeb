package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.ParsedCall.Malformed;
import io.augserve.engine.ParsedCall.Valid;
import io.augserve.engine.TurnPiece;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HermesCallParserTest {
    private static final String F = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    private static final String G = "<tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>";
    private static final ParsedCall CALL_F = new Valid("f", "{\"a\": 1}");
    private static final ParsedCall CALL_G = new Valid("g", "{}");

    @Test
    void readsCallsAndTheTextAroundThem() {
        assertTurn(F, "", CALL_F);
        assertTurn("Let me see.\n" + F, "Let me see.\n", CALL_F);
        assertTurn(F + "\n" + G, "", CALL_F, CALL_G);
        assertTurn(F + " and\n" + G + " done \n", " and\n done \n", CALL_F, CALL_G);
        assertTurn(F + " \n", " \n", CALL_F);
        assertTurn("", "");
    }

    @Test
    void lookAlikesAreText() {
        assertTurn("<tool_calls are nice", "<tool_calls are nice");
        assertTurn("a <tool", "a <tool");
        assertTurn("<<tool_call", "<<tool_call");
        assertTurn("</tool_call> <tool_call >", "</tool_call> <tool_call >");
        assertTurn("<tool_<tool_call>{\"name\": \"g\"}</tool_call>", "<tool_", CALL_G);
    }

    @Test
    void textComesOutAsSoonAsItCannotBeMarkup() {
        HermesCallParser parser = new HermesCallParser();
        assertThat(parser.push("a <tool_").text()).isEqualTo("a ");
        assertThat(parser.push("c").text()).isEmpty();
        assertThat(parser.push("h").text()).isEqualTo("<tool_ch");
        assertThat(parser.push("<")).isEqualTo(TurnPiece.EMPTY);
        assertThat(parser.finish().text()).isEqualTo("<");
    }

    @Test
    void aCallComesOutWithItsClosingTag() {
        HermesCallParser parser = new HermesCallParser();
        assertThat(parser.push(F.substring(0, F.length() - 1))).isEqualTo(TurnPiece.EMPTY);
        assertThat(parser.push(">").calls()).containsExactly(CALL_F);
        assertThat(parser.push("\n")).isEqualTo(TurnPiece.EMPTY);
        assertThat(parser.push("x").text()).isEqualTo("\nx");
    }

    @Test
    void tagsWithinJsonStringsAreArguments() {
        assertTurn("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"\\\"</tool_call>\"}}</tool_call>", "",
                new Valid("f", "{\"a\": \"\\\"</tool_call>\"}"));
    }

    @Test
    void anOpenStringEndsWithItsLine() {
        assertTurn("<tool_call>\n{\"name\": \"f}\n</tool_call>" + G, "",
                new Malformed("\n{\"name\": \"f}\n",
                        "The tool call is not valid JSON. Write one JSON object with \"name\", a "
                                + "string, and the arguments, an object."),
                CALL_G);
    }

    @Test
    void aTurnThatEndsInsideACallIsMalformed() {
        String problem = "The tool call was not closed with </tool_call>.";
        assertTurn("x<tool_call>", "x", new Malformed("", problem));
        assertTurn("<tool_call>\n{\"name\": \"f\"}\n</tool", "", new Malformed("\n{\"name\": \"f\"}\n</tool", problem));
    }

    @Test
    void aCallIsBounded() {
        HermesCallParser parser = new HermesCallParser();
        parser.push("<tool_call>");
        String chunk = "x".repeat(1 << 16);
        for (int i = 0; i < 20; i++) {
            assertThat(parser.push(chunk)).isEqualTo(TurnPiece.EMPTY);
        }
        assertThat(parser.push("</tool_call>").calls()).singleElement()
                .isInstanceOfSatisfying(Malformed.class, malformed -> {
                    assertThat(malformed.text()).hasSize(CallBody.MAX_LENGTH);
                    assertThat(malformed.problem()).isEqualTo("The tool call is longer than 1048576 characters.");
                });
        assertThat(parser.push(G).calls()).containsExactly(CALL_G);
    }

    /** A stretch that is not a call and the call after it. */
    record Step(String gap, String markup, ParsedCall call) {}

    @Property(tries = 500, seed = "20")
    void anyMixIsReadAndAnyCutGivesTheSame(@ForAll("steps") List<Step> steps, @ForAll("gaps") String tail,
            @ForAll List<Integer> cuts) {
        StringBuilder turn = new StringBuilder();
        StringBuilder text = new StringBuilder();
        List<ParsedCall> calls = new ArrayList<>();
        for (Step step : steps) {
            turn.append(step.gap).append(step.markup);
            text.append(calls.isEmpty() || !step.gap.isBlank() ? step.gap : "");
            calls.add(step.call);
        }
        ParserRuns.Turn expected = new ParserRuns.Turn(text + tail, calls);
        String all = turn + tail;
        List<Integer> positive = cuts.stream().map(cut -> cut & Integer.MAX_VALUE).toList();
        assertThat(ParserRuns.pieces(new HermesCallParser(), ParserRuns.cut(all, positive))).isEqualTo(expected);
        assertThat(ParserRuns.characters(new HermesCallParser(), all)).isEqualTo(expected);
    }

    @Property(tries = 500, seed = "20")
    void anyCutOfAnythingGivesTheSame(@ForAll("scraps") String turn, @ForAll List<Integer> cuts) {
        ParserRuns.Turn whole = ParserRuns.whole(new HermesCallParser(), turn);
        List<Integer> positive = cuts.stream().map(cut -> cut & Integer.MAX_VALUE).toList();
        assertThat(ParserRuns.pieces(new HermesCallParser(), ParserRuns.cut(turn, positive))).isEqualTo(whole);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> valid = Combinators.combine(gaps(), Arbitraries.of("f", "get_weather"),
                Arbitraries.of("{}", "{\"a\": 1.0}", "{\"t\": \"</tool_call> <tool_call>\"}", "{\"q\":\"\\\"\\\\\"}"))
                .as((gap, name, arguments) -> new Step(gap,
                        "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>",
                        new Valid(name, arguments)));
        Arbitrary<Step> malformed = Combinators
                .combine(gaps(), Arbitraries.of("", "{", "{}", "\n{\"name\": \"x\n", "<tool_call>"))
                .as((gap, body) -> new Step(gap, "<tool_call>" + body + "</tool_call>", CallJson.parse(body)));
        return Arbitraries.oneOf(valid, malformed).list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> gaps() {
        return Arbitraries
                .of("", "", "\n", " \n ", "text", "<tool", "<tool_calls", "</tool_call>", "<", "{\"a\"}", "é🙂").list()
                .ofMaxSize(3).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> scraps() {
        return Arbitraries
                .of("<tool_call>", "</tool_call>", "<tool", "_call>", "<", "\n", " ", "\"", "\\", "{\"name\": \"f\"}",
                        "{", "}", "x")
                .list().ofMaxSize(15).map(parts -> String.join("", parts));
    }

    private static void assertTurn(String turn, String text, ParsedCall... calls) {
        ParserRuns.Turn expected = new ParserRuns.Turn(text, List.of(calls));
        assertThat(ParserRuns.whole(new HermesCallParser(), turn)).isEqualTo(expected);
        assertThat(ParserRuns.characters(new HermesCallParser(), turn)).isEqualTo(expected);
    }
}
