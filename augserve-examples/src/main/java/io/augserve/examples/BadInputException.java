package io.augserve.examples;

/** What the user gave cannot be used; the message says what, where and what was expected. Ends the program with exit code 2. */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A problem in one line. */
    public BadInputException(String message) {
        super(message);
    }
}
