package io.augserve.engine;

/** Turns the tokens of one turn into visible text and tool calls, piece by piece. Confined to one thread. */
public interface TurnDecoder {
    /** The next token. The model's end token comes as well, as the last one; it has no text of its own, but may tell of a call. */
    TurnPiece push(int token);

    /** The turn is over: what had been held back comes out. */
    TurnPiece finish();
}
