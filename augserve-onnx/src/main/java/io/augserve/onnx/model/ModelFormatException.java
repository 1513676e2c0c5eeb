package io.augserve.onnx.model;

import java.nio.file.Path;

/**
 * A model directory cannot be served as it is: a file is missing or damaged, or says something that is not supported.
 * The message names the file, the field or tensor in it, what was found there and what was expected, on one line whatever
 * the file says: control characters are escaped, and long texts are cut. It is thrown
 * before anything is opened or loaded, so there is nothing to clean up.
 */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST_PART = 300;
    private static final int LONGEST = 2_000;

    /** Line and paragraph separators, and marks that turn the direction of writing. */
    private static final String BREAKS = "\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    private final String file;

    /**
     * @param file the file or directory that is at fault
     * @param problem what is wrong with it, and what was expected
     */
    public ModelFormatException(Path file, String problem) {
        super(oneLine(file + ": " + problem));
        this.file = file.toString();
    }

    /**
     * @param file the file or directory that is at fault
     * @param problem what is wrong with it, and what was expected
     * @param cause what reported it
     */
    public ModelFormatException(Path file, String problem, Throwable cause) {
        super(oneLine(file + ": " + problem), cause);
        this.file = file.toString();
    }

    /**
     * @param file the file or directory that is at fault
     * @param where the field, tensor or part of the file, for example {@code field hidden_size}
     * @param found what is there
     * @param expected what should be there
     */
    public ModelFormatException(Path file, String where, String found, String expected) {
        this(file, problem(where, found, expected));
    }

    /**
     * @param file the file or directory that is at fault
     * @param where the field, tensor or part of the file
     * @param found what is there
     * @param expected what should be there
     * @param cause what reported it
     */
    public ModelFormatException(Path file, String where, String found, String expected, Throwable cause) {
        this(file, problem(where, found, expected), cause);
    }

    private static String problem(String where, String found, String expected) {
        return "%s: found %s, expected %s".formatted(cut(where, LONGEST_PART), cut(found, LONGEST_PART), expected);
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        cut(text, LONGEST).chars().forEach(c -> {
            if (Character.isISOControl(c) || BREAKS.indexOf(c) >= 0) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    /** The file or directory that is at fault. */
    public String file() {
        return file;
    }
}
