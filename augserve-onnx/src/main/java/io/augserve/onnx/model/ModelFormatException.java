package io.augserve.onnx.model;

import java.nio.file.Path;

/**
 * A model directory cannot be served as it is: a file is missing or damaged, or says something that is not supported.
 * The message names the file, the field or tensor in it, what was found there and what was expected. It is thrown
 * before anything is opened or loaded, so there is nothing to clean up.
 */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String where;
    private final String found;
    private final String expected;

    /**
     * @param file the file or directory that is at fault
     * @param where the field, tensor or part of the file, for example {@code field hidden_size}
     * @param found what is there
     * @param expected what should be there
     */
    public ModelFormatException(Path file, String where, String found, String expected) {
        super("%s: %s: found %s, expected %s".formatted(file, where, found, expected));
        this.file = file.toString();
        this.where = where;
        this.found = found;
        this.expected = expected;
    }

    /**
     * @param file the file or directory that is at fault
     * @param where the field, tensor or part of the file
     * @param found what is there
     * @param expected what should be there
     * @param cause what reported it
     */
    public ModelFormatException(Path file, String where, String found, String expected, Throwable cause) {
        this(file, where, found, expected);
        initCause(cause);
    }

    /** The file or directory that is at fault. */
    public String file() {
        return file;
    }

    /** The field, tensor or part of {@link #file()}. */
    public String where() {
        return where;
    }

    /** What was found. */
    public String found() {
        return found;
    }

    /** What was expected. */
    public String expected() {
        return expected;
    }
}
