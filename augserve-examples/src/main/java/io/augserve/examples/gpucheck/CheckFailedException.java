package io.augserve.examples.gpucheck;

/** An engine did something that none may do. */
final class CheckFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CheckFailedException(String message) {
        super(message);
    }

    CheckFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
