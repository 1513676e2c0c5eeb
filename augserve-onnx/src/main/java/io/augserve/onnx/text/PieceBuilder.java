package io.augserve.onnx.text;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnPiece;
import java.util.ArrayList;
import java.util.List;

/** Collects what a push brings to light. */
final class PieceBuilder {
    private final StringBuilder text = new StringBuilder();
    private final List<ParsedCall> calls = new ArrayList<>();

    StringBuilder text() {
        return text;
    }

    void call(ParsedCall call) {
        calls.add(call);
    }

    TurnPiece take() {
        if (text.isEmpty() && calls.isEmpty()) {
            return TurnPiece.EMPTY;
        }
        TurnPiece piece = new TurnPiece(text.toString(), calls);
        text.setLength(0);
        calls.clear();
        return piece;
    }
}
