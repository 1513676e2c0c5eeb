package io.augserve.engine;

/** Turns the tokens of one turn into visible text and tool calls, piece by piece. Confined to one thread. */
public interface TurnDecoder {
    /** The next token; end tokens are never pushed. */
    TurnPiece push(int token);

    /** The turn is over: what had been held back comes out. */
    TurnPiece finish();
}
