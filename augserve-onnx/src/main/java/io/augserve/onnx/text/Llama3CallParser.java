package io.augserve.onnx.text;

import io.augserve.engine.TurnPiece;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Llama 3's calls: {@code {"name": ..., "parameters": {...}}} at the start of the turn, further ones after it,
 * separated by {@code ;} or whitespace.
 *
 * <p>
 * There is no tag around a call, so its beginning must tell: an object whose first member is {@code name}, or
 * {@code "type": "function"}. Anything else at the start, other JSON included, makes the turn text as soon as it is
 * seen. A call ends where its brackets balance. {@code <|python_tag|>} is a tag: it announces calls at any place, and
 * whatever but JSON follows it is a malformed call.
 */
final class Llama3CallParser implements CallParser {
    static final String PYTHON_TAG = "<|python_tag|>";

    // The spaces are bounded so that looking again at every character stays cheap.
    private static final String CALL = "\\{\\s{0,64}\"(?:name\"\\s{0,64}:|type\"\\s{0,64}:\\s{0,64}\"function\")";
    private static final Pattern FIRST_CALL = Pattern.compile("\\s{0,64}(?<call>" + CALL + ")");
    private static final Pattern NEXT_CALL = Pattern.compile("\\s{0,64};?\\s{0,64}(?<call>" + CALL + ")");

    private enum State {
        /** Nothing yet but what may become a call. */
        START,
        /** Inside a call. */
        CALL,
        /** After a call: another one may follow. */
        AFTER_CALL,
        /** Text, whatever comes; only the tag ends it. */
        TEXT,
        /** After the tag: a call must follow. */
        TAGGED,
        /** The tag was followed by something else; the rest of the turn belongs to it. */
        BROKEN
    }

    private final MarkerMatcher tag = new MarkerMatcher(PYTHON_TAG);
    private final StringBuilder released = new StringBuilder();
    private final StringBuilder held = new StringBuilder();
    private final CallBody body = new CallBody();
    private final PieceBuilder piece = new PieceBuilder();
    private State state = State.START;

    @Override
    public TurnPiece push(String text) {
        for (int i = 0; i < text.length(); i++) {
            accept(text.charAt(i));
        }
        return piece.take();
    }

    @Override
    public TurnPiece finish() {
        tag.flush(released);
        release();
        switch (state) {
            case START, AFTER_CALL, TEXT -> releaseHeld();
            case CALL -> piece.call(body.malformed("The turn ended inside the tool call's JSON object."));
            case TAGGED, BROKEN -> piece.call(body.malformed("After " + PYTHON_TAG + " a tool call was expected: "
                    + "{\"name\": function name, \"parameters\": object of arguments}."));
        }
        state = State.TEXT;
        return piece.take();
    }

    private void accept(char c) {
        switch (state) {
            case START, AFTER_CALL, TEXT -> {
                boolean tagged = tag.accept(c, released);
                release();
                if (tagged) {
                    acceptTag();
                }
            }
            case CALL, TAGGED, BROKEN -> acceptPlain(c);
        }
    }

    private void acceptTag() {
        if (state == State.START) {
            piece.text().append(held);
        }
        held.setLength(0);
        state = State.TAGGED;
    }

    private void release() {
        for (int i = 0; i < released.length(); i++) {
            acceptPlain(released.charAt(i));
        }
        released.setLength(0);
    }

    private void acceptPlain(char c) {
        switch (state) {
            case START -> holdUntilCall(c, FIRST_CALL);
            case AFTER_CALL -> holdUntilCall(c, NEXT_CALL);
            case TEXT -> piece.text().append(c);
            case CALL -> acceptInCall(c);
            case BROKEN -> body.append(c);
            case TAGGED -> {
                if (c == '{') {
                    state = State.CALL;
                    acceptInCall(c);
                } else if (!Whitespace.is(c)) {
                    state = State.BROKEN;
                    body.append(c);
                }
            }
        }
    }

    @SuppressWarnings("JdkObsolete") // hitEnd() is for input that is still coming, as it is here
    private void holdUntilCall(char c, Pattern call) {
        held.append(c);
        Matcher matcher = call.matcher(held);
        if (matcher.lookingAt()) {
            if (state == State.START) {
                piece.text().append(held, 0, matcher.start("call"));
            }
            body.append(matcher.group("call"));
            held.setLength(0);
            state = State.CALL;
        } else if (!matcher.hitEnd()) {
            releaseHeld();
            state = State.TEXT;
        }
    }

    private void releaseHeld() {
        piece.text().append(held);
        held.setLength(0);
    }

    private void acceptInCall(char c) {
        body.append(c);
        if (body.depth() <= 0 && !body.inString()) {
            piece.call(body.parse());
            state = State.AFTER_CALL;
        }
    }
}
