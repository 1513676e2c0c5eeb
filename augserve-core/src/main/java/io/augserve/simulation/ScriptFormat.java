package io.augserve.simulation;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.Arrays;
import java.util.List;

/** Reads and writes {@link ScriptTokens}: turns have no text, and a call is what its end token says. */
final class ScriptFormat implements ChatFormat, TurnDecoder {
    private final List<String> tools;

    /** @param tools names by the numbers in call tokens */
    ScriptFormat(List<String> tools) {
        this.tools = tools;
    }

    /** What a simulated tool returns: so many tokens that open a segment. */
    static ToolResult result(int segment, int tokens) {
        return ToolResult.of(segment + " " + tokens);
    }

    @Override
    public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> specs) {
        throw new IllegalArgumentException("a simulated model takes token ids");
    }

    @Override
    public int[] encodeToolResults(List<ToolResult> results) {
        String text = results.getFirst().text();
        int space = text.indexOf(' ');
        int[] tokens = new int[Integer.parseInt(text, space + 1, text.length(), 10)];
        Arrays.fill(tokens, ScriptTokens.result(Integer.parseInt(text, 0, space, 10)));
        return tokens;
    }

    @Override
    public int[] encodeText(String text) {
        throw new IllegalArgumentException("a simulated model takes token ids");
    }

    /** Stateless, so one decoder serves every turn. */
    @Override
    public TurnDecoder newDecoder(boolean withTools) {
        return this;
    }

    @Override
    public TurnPiece push(int token) {
        return ScriptTokens.isCall(token)
                ? new TurnPiece("", List.of(new ParsedCall.Valid(tools.get(ScriptTokens.tool(token)), "{}")))
                : TurnPiece.EMPTY;
    }

    @Override
    public TurnPiece finish() {
        return TurnPiece.EMPTY;
    }
}
