package io.augserve.examples.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Fits text into columns. One character counts as one column. */
public final class Text {
    /** Control characters of both kinds, separators of lines, and marks that turn the direction of writing. */
    private static final Pattern CONTROL = Pattern
            .compile("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]+");

    private Text() {}

    /** At most {@code width} characters, the last one a mark if something was cut. */
    public static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, whole(text, width - 1)) + "…";
    }

    /** The text on one line: each run of control characters (line breaks, the beginnings of terminal
     * sequences, marks of direction) is a space. */
    public static String oneLine(String text) {
        return CONTROL.matcher(text).replaceAll(" ");
    }

    /** Lines of at most {@code width} characters, at least 2, broken at spaces where there are any; control characters are spaces. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\\R", -1)) {
            String rest = oneLine(paragraph);
            while (rest.length() > width) {
                int space = rest.lastIndexOf(' ', width);
                int end = space > 0 ? space : whole(rest, width);
                lines.add(rest.substring(0, end));
                rest = rest.substring(end).stripLeading();
            }
            lines.add(rest);
        }
        return lines;
    }

    /** The end, or the one before it so as not to cut a character in two. */
    private static int whole(String text, int end) {
        return Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }
}
