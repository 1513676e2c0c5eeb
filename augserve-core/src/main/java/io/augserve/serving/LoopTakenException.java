package io.augserve.serving;

/** The calling thread was inside a step for so long that the loop was taken away from it; it must not touch it again. */
final class LoopTakenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LoopTakenException() {
        super("the step took so long that the loop was taken away");
    }
}
