package io.augserve.profile;

/** An engine could not be measured: one of its steps failed. Everything that had been reserved for measuring is given back. */
public final class ProfilingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProfilingException(String message, Throwable cause) {
        super(message, cause);
    }
}
