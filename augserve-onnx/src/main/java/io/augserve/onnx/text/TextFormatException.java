package io.augserve.onnx.text;

import java.nio.file.Path;

/**
 * A model's tokenizer or chat template is missing, broken or not supported. The message names the file, what is wrong
 * with it and what was expected; nothing is left open.
 */
public final class TextFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file the file at fault
     * @param problem what is wrong and what was expected
     */
    public TextFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * @param file the file at fault
     * @param problem what is wrong and what was expected
     * @param cause what reported it
     */
    public TextFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
