package io.augserve.onnx.text;

/** Python's string functions as templates use them, where Java's differ. */
final class PythonText {
    private PythonText() {}

    /** {@code str.strip()}: unlike {@link String#strip()} it also takes no-break spaces and U+0085. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** {@code str.lstrip('\n')}. */
    static String stripLeadingNewlines(String text) {
        int from = 0;
        while (from < text.length() && text.charAt(from) == '\n') {
            from++;
        }
        return text.substring(from);
    }

    /** {@code str.rstrip('\n')}. */
    static String stripTrailingNewlines(String text) {
        int to = text.length();
        while (to > 0 && text.charAt(to - 1) == '\n') {
            to--;
        }
        return text.substring(0, to);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
