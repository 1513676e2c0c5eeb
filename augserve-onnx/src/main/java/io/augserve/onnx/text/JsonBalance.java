package io.augserve.onnx.text;

/**
 * Follows JSON character by character, as far as is needed to know whether one is inside a string and how many brackets
 * are open. JSON has no raw line break in a string, so one ends a string that was left open.
 */
final class JsonBalance {
    private int depth;
    private boolean inString;
    private boolean escaped;

    void accept(char c) {
        if (inString) {
            if (c == '\n') {
                inString = false;
                escaped = false;
            } else if (escaped) {
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '"') {
                inString = false;
            }
        } else {
            switch (c) {
                case '"' -> inString = true;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {
                    // nothing that nests
                }
            }
        }
    }

    boolean inString() {
        return inString;
    }

    /** Open brackets less closed ones. */
    int depth() {
        return depth;
    }

    void reset() {
        depth = 0;
        inString = false;
        escaped = false;
    }
}
