package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.ParsedCall.Malformed;
import io.augserve.engine.ParsedCall.Valid;
import io.augserve.engine.TurnPiece;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class Llama3CallParserTest {
    private static final String TAG = "<|python_tag|>";
    private static final String F = "{\"name\": \"f\", \"parameters\": {\"a\": \"}\"}}";
    private static final String G = "{\"type\": \"function\", \"name\": \"g\", \"parameters\": {}}";
    private static final ParsedCall CALL_F = new Valid("f", "{\"a\": \"}\"}");
    private static final ParsedCall CALL_G = new Valid("g", "{}");

    @Test
    void readsCallsAtTheStart() {
        assertTurn(F, "", CALL_F);
        assertTurn(F + "; " + G, "", CALL_F, CALL_G);
        assertTurn(F + ";" + G + "\n;\n" + F, "", CALL_F, CALL_G, CALL_F);
        assertTurn(F + "\n" + G, "", CALL_F, CALL_G);
        assertTurn("\n" + F, "\n", CALL_F);
        assertTurn("{ \"name\" : \"f\" }", "", new Valid("f", "{}"));
    }

    @Test
    void readsCallsAfterTheTag() {
        assertTurn(TAG + F, "", CALL_F);
        assertTurn("Let me see. " + TAG + " " + G + "; " + F, "Let me see. ", CALL_G, CALL_F);
        assertTurn(F + ";" + TAG + G, "", CALL_F, CALL_G);
        assertTurn(TAG + "{\"parameters\": {\"a\": \"}\"}, \"name\": \"f\"}", "", CALL_F);
    }

    @Test
    void everythingElseIsText() {
        assertTurn("Hello " + F, "Hello " + F);
        assertTurn("{\"answer\": 42}", "{\"answer\": 42}");
        assertTurn("{\"type\": \"circle\"}", "{\"type\": \"circle\"}");
        assertTurn("{ \"na", "{ \"na");
        assertTurn(" ", " ");
        assertTurn("<|python", "<|python");
        assertTurn(F + "; that was it", "; that was it", CALL_F);
        assertTurn(F + " \n", " \n", CALL_F);
        assertTurn(F + "Hm " + G, "Hm " + G, CALL_F);
        assertTurn(" ".repeat(70) + F, " ".repeat(70) + F);
    }

    @Test
    void textComesOutAsSoonAsItCannotBeACall() {
        Llama3CallParser parser = new Llama3CallParser();
        assertThat(parser.push("{\"n")).isEqualTo(TurnPiece.EMPTY);
        assertThat(parser.push("o").text()).isEqualTo("{\"no");
        assertThat(parser.push("<").text()).isEmpty();
        assertThat(parser.push("b").text()).isEqualTo("<b");
    }

    @Test
    void malformedCallsAreTold() {
        assertMalformed("{\"name\": \"f\", \"parameters\": {}", "{\"name\": \"f\", \"parameters\": {}",
                "ended inside the tool call");
        assertMalformed("{\"name\": f}", "{\"name\": f}", "not valid JSON");
        assertMalformed("{\"name\": \"f\", \"parameters\": 5}", "{\"name\": \"f\", \"parameters\": 5}",
                "not a JSON object");
        assertMalformed("{\"type\": \"function\"}", "{\"type\": \"function\"}", "has no \"name\"");
        assertMalformed(TAG + "{}", "{}", "has no \"name\"");
        assertMalformed(TAG + "brave_search.call(query=\"<|x\")", "brave_search.call(query=\"<|x\")",
                "a tool call was expected");
        assertMalformed(TAG + TAG, TAG, "a tool call was expected");
        assertMalformed(TAG, "", "a tool call was expected");
    }

    @Property(tries = 1000, seed = "20")
    void anyCutGivesTheSame(@ForAll("turns") String turn, @ForAll List<Integer> cuts) {
        ParserRuns.Turn whole = ParserRuns.whole(new Llama3CallParser(), turn);
        List<Integer> positive = cuts.stream().map(cut -> cut & Integer.MAX_VALUE).toList();
        assertThat(ParserRuns.pieces(new Llama3CallParser(), ParserRuns.cut(turn, positive))).isEqualTo(whole);
    }

    @Property(tries = 500, seed = "20")
    void ofATurnWithoutTagNothingIsLostButSeparators(@ForAll("untagged") String turn) {
        ParserRuns.Turn read = ParserRuns.whole(new Llama3CallParser(), turn);
        long calls = read.calls().size();
        int length = read.text().length() + read.calls().stream().mapToInt(Llama3CallParserTest::length).sum();
        assertThat(turn.length() - length).isBetween(0, calls < 2 ? 0 : turn.length());
    }

    @Provide
    Arbitrary<String> turns() {
        return Arbitraries.of(F, G, "; ", ";", "\n", " ", TAG, "<|py", "<", "{", "}", "\"", "{\"name\"", ":", "x")
                .list().ofMaxSize(10)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> untagged() {
        return Arbitraries.of(F, G, "; ", "\n", "<|py", "{\"name\": 1}", "{", "text").list().ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    private static int length(ParsedCall call) {
        return switch (call) {
            case Valid valid -> valid.name().equals("f") ? F.length() : G.length();
            case Malformed malformed -> malformed.text().length();
        };
    }

    private static void assertMalformed(String turn, String text, String problem) {
        assertThat(ParserRuns.characters(new Llama3CallParser(), turn).calls()).singleElement()
                .isInstanceOfSatisfying(Malformed.class, malformed -> {
                    assertThat(malformed.text()).isEqualTo(text);
                    assertThat(malformed.problem()).contains(problem);
                });
    }

    private static void assertTurn(String turn, String text, ParsedCall... calls) {
        ParserRuns.Turn expected = new ParserRuns.Turn(text, List.of(calls));
        assertThat(ParserRuns.whole(new Llama3CallParser(), turn)).isEqualTo(expected);
        assertThat(ParserRuns.characters(new Llama3CallParser(), turn)).isEqualTo(expected);
    }
}
