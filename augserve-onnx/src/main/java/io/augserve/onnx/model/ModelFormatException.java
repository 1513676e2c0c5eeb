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

    /**
     * @param file the file or directory that is at fault
     * @param problem what is wrong with it, and what was expected
     */
    public ModelFormatException(Path file, String problem) {
        super(file + ": " + problem);
        this.file = file.toString();
    }

    /**
     * @param file the file or directory that is at fault
     * @param problem what is wrong with it, and what was expected
     * @param cause what reported it
     */
    public ModelFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
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
        return "%s: found %s, expected %s".formatted(where, found, expected);
    }

    /** The file or directory that is at fault. */
    public String file() {
        return file;
    }
}
