package io.augserve.request;

/** The engine, or a fault of this one request, ended a generation. */
public final class GenerationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient GenerationResult partial;

    /**
     * @param partial what had been made, with {@link FinishReason#FAILED}
     * @param message what went wrong
     */
    public GenerationFailedException(GenerationResult partial, String message) {
        super(message);
        this.partial = partial;
    }

    /**
     * @param partial what had been made, with {@link FinishReason#FAILED}
     * @param message what went wrong
     * @param cause why
     */
    public GenerationFailedException(GenerationResult partial, String message, Throwable cause) {
        super(message, cause);
        this.partial = partial;
    }

    /** What had been made until then. */
    public GenerationResult partial() {
        return partial;
    }
}
