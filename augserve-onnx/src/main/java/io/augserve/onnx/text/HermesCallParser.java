package io.augserve.onnx.text;

import io.augserve.engine.TurnPiece;

/**
 * Reads calls of the form {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, any number of them, with
 * text before and between.
 *
 * <p>
 * A small automaton over characters: in text, {@code <tool_call>} begins a call; in a call, {@code </tool_call>} ends
 * it unless it stands inside a JSON string. Text is held back only while it could still become the opening tag, and
 * whitespace after a call until it is known whether another call follows: between two calls it is not text.
 */
final class HermesCallParser implements CallParser {
    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";

    private final MarkerMatcher open = new MarkerMatcher(OPEN);
    private final MarkerMatcher close = new MarkerMatcher(CLOSE);
    private final StringBuilder released = new StringBuilder();
    private final StringBuilder spaceAfterCall = new StringBuilder();
    private final CallBody body = new CallBody();
    private final PieceBuilder piece = new PieceBuilder();
    private boolean inCall;
    private boolean afterCall;

    @Override
    public TurnPiece push(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (inCall) {
                acceptInCall(text.charAt(i));
            } else {
                acceptInText(text.charAt(i));
            }
        }
        return piece.take();
    }

    @Override
    public TurnPiece finish() {
        if (inCall) {
            close.flush(released);
            releaseToCall();
            piece.call(body.malformed("The tool call was not closed with " + CLOSE + "."));
            inCall = false;
        } else {
            open.flush(released);
            releaseToText();
            piece.text().append(spaceAfterCall);
            spaceAfterCall.setLength(0);
        }
        return piece.take();
    }

    private void acceptInText(char c) {
        boolean opened = open.accept(c, released);
        releaseToText();
        if (opened) {
            spaceAfterCall.setLength(0);
            inCall = true;
        }
    }

    private void acceptInCall(char c) {
        if (body.inString()) {
            body.append(c);
            return;
        }
        boolean closed = close.accept(c, released);
        releaseToCall();
        if (closed) {
            piece.call(body.parse());
            inCall = false;
            afterCall = true;
        }
    }

    private void releaseToText() {
        for (int i = 0; i < released.length(); i++) {
            char c = released.charAt(i);
            if (afterCall && Whitespace.is(c)) {
                spaceAfterCall.append(c);
            } else {
                piece.text().append(spaceAfterCall).append(c);
                spaceAfterCall.setLength(0);
                afterCall = false;
            }
        }
        released.setLength(0);
    }

    private void releaseToCall() {
        body.append(released);
        released.setLength(0);
    }
}
