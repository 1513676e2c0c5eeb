package io.augserve.onnx.text;

import io.augserve.engine.ParsedCall;

/** The inside of a call while it is being written: its text up to a limit, and where its JSON stands. */
final class CallBody {
    /** Longest inside of a call, in characters; more is read but not kept, and the call is malformed. */
    static final int MAX_LENGTH = 1 << 20;

    private final StringBuilder text = new StringBuilder();
    private final JsonBalance balance = new JsonBalance();
    private boolean tooLong;

    void append(char c) {
        balance.accept(c);
        if (text.length() < MAX_LENGTH) {
            text.append(c);
        } else {
            tooLong = true;
        }
    }

    void append(CharSequence chars) {
        for (int i = 0; i < chars.length(); i++) {
            append(chars.charAt(i));
        }
    }

    boolean inString() {
        return balance.inString();
    }

    int depth() {
        return balance.depth();
    }

    /** Reads the call that is complete now; the body is empty afterwards. */
    ParsedCall parse() {
        return tooLong
                ? malformed("The tool call is longer than " + MAX_LENGTH + " characters.")
                : CallJson.parse(take());
    }

    /** A call that cannot be read; the body is empty afterwards. */
    ParsedCall malformed(String problem) {
        return new ParsedCall.Malformed(take(), problem);
    }

    private String take() {
        String taken = text.toString();
        text.setLength(0);
        balance.reset();
        tooLong = false;
        return taken;
    }
}
