package io.augserve.onnx.text;

/** JSON's whitespace, which is what may stand around a call. */
final class Whitespace {
    private Whitespace() {}

    static boolean is(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
