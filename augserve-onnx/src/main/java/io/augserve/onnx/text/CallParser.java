package io.augserve.onnx.text;

import io.augserve.engine.TurnPiece;
import java.util.List;

/**
 * Tells visible text and tool calls of one turn apart while the turn is being written. What comes out does not depend
 * on how the text was cut into pushes. Confined to one thread.
 */
interface CallParser {
    /** More text of the turn. */
    TurnPiece push(String text);

    /** The turn is over. */
    TurnPiece finish();

    /** A parser that sees text only. */
    static CallParser none() {
        return new CallParser() {
            @Override
            public TurnPiece push(String text) {
                return new TurnPiece(text, List.of());
            }

            @Override
            public TurnPiece finish() {
                return TurnPiece.EMPTY;
            }
        };
    }
}
