package io.augserve.onnx.text;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tokens to characters to text and calls. */
final class StreamingTurnDecoder implements TurnDecoder {
    private final Detokenizer detokenizer;
    private final Map<Integer, String> markers;
    private final CallParser parser;

    /** @param markers special tokens that the parser must see, and their text */
    StreamingTurnDecoder(Detokenizer detokenizer, Map<Integer, String> markers, CallParser parser) {
        this.detokenizer = detokenizer;
        this.markers = markers;
        this.parser = parser;
    }

    @Override
    public TurnPiece push(int token) {
        String marker = markers.get(token);
        String text = marker == null ? detokenizer.push(token) : detokenizer.finish() + marker;
        return text.isEmpty() ? TurnPiece.EMPTY : parser.push(text);
    }

    @Override
    public TurnPiece finish() {
        TurnPiece rest = parser.push(detokenizer.finish());
        TurnPiece end = parser.finish();
        List<ParsedCall> calls = new ArrayList<>(rest.calls());
        calls.addAll(end.calls());
        return new TurnPiece(rest.text() + end.text(), calls);
    }
}
