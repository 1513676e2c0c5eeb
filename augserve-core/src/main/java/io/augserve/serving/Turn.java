package io.augserve.serving;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The model's turn in the making: its visible text and the calls recognised in it. */
final class Turn {
    private final Optional<TurnDecoder> decoder;
    private final StopStrings stops;
    private final StringBuilder text = new StringBuilder();
    private final List<ParsedCall> calls = new ArrayList<>();
    private int outputTokens;
    private boolean finished;

    /** Without a decoder the turn has no text and no calls. */
    Turn(Optional<TurnDecoder> decoder, List<String> stopStrings) {
        this.decoder = decoder;
        this.stops = new StopStrings(stopStrings);
    }

    /** The next token; returns the text that it brought to light. */
    String push(int token) {
        outputTokens++;
        return decoder.isEmpty() ? "" : take(decoder.get().push(token));
    }

    /** A stop token of the request's own: it ends the turn and is not shown. */
    void pushStop() {
        outputTokens++;
    }

    /** No more tokens; returns the text that was held back, the first time. */
    String finish() {
        if (finished) {
            return "";
        }
        finished = true;
        String shown = decoder.isEmpty() ? "" : take(decoder.get().finish());
        String rest = stops.finish();
        text.append(rest);
        return shown + rest;
    }

    private String take(TurnPiece piece) {
        calls.addAll(piece.calls());
        String shown = stops.push(piece.text());
        text.append(shown);
        return shown;
    }

    boolean stopped() {
        return stops.matched();
    }

    String text() {
        return text.toString();
    }

    List<ParsedCall> calls() {
        return calls;
    }

    int outputTokens() {
        return outputTokens;
    }
}
