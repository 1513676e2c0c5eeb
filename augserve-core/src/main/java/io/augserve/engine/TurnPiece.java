package io.augserve.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What one more token brought to light.
 *
 * @param text visible text, whole characters only; often empty
 * @param calls tool calls that are now complete
 */
public record TurnPiece(String text, List<ParsedCall> calls) {
    /** Nothing yet. */
    public static final TurnPiece EMPTY = new TurnPiece("", List.of());

    /** Copies the list. */
    public TurnPiece {
        requireNonNull(text, "text");
        calls = List.copyOf(calls);
    }
}
