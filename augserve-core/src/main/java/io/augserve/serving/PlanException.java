package io.augserve.serving;

/** A scheduler's plan cannot be carried out; the scheduler is defective. */
final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PlanException(String message) {
        super(message);
    }
}
