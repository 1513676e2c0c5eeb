package io.augserve.onnx.text;

import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnPiece;
import java.util.ArrayList;
import java.util.List;

/** Runs a call parser over a turn. */
final class ParserRuns {
    /** All that came out. */
    record Turn(String text, List<ParsedCall> calls) {}

    private ParserRuns() {}

    /** The turn in one push. */
    static Turn whole(CallParser parser, String turn) {
        return pieces(parser, List.of(turn));
    }

    /** The turn character by character. */
    static Turn characters(CallParser parser, String turn) {
        return pieces(parser, turn.chars().mapToObj(Character::toString).toList());
    }

    static Turn pieces(CallParser parser, List<String> pieces) {
        StringBuilder text = new StringBuilder();
        List<ParsedCall> calls = new ArrayList<>();
        for (String piece : pieces) {
            add(parser.push(piece), text, calls);
        }
        add(parser.finish(), text, calls);
        return new Turn(text.toString(), calls);
    }

    /** Cuts a text at positions taken from anywhere. */
    static List<String> cut(String text, List<Integer> positions) {
        List<Integer> sorted = positions.stream().map(at -> text.isEmpty() ? 0 : at % (text.length() + 1)).sorted()
                .toList();
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at : sorted) {
            pieces.add(text.substring(from, at));
            from = at;
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    private static void add(TurnPiece piece, StringBuilder text, List<ParsedCall> calls) {
        text.append(piece.text());
        calls.addAll(piece.calls());
    }
}
