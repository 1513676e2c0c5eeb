package io.augserve.serving;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whose the loop is. It belongs to the thread that runs it, but while that thread is inside the engine's step, another one can take the
 * loop away if the step has lasted too long. One compare-and-set decides: either the step ends in time, or the loop is the taker's, who
 * may use everything that the loop owned, and the first thread must never touch it again.
 */
final class StepWatch {
    private static final long NO_STEP = Long.MIN_VALUE;
    private static final long TAKEN = Long.MIN_VALUE + 1;

    private final AtomicLong began = new AtomicLong(NO_STEP);

    /** A step begins. */
    void begin(long now) {
        began.set(Math.max(now, TAKEN + 1));
    }

    /** The step is over; false if the loop has been taken away meanwhile. */
    boolean end() {
        long start = began.get();
        return start != TAKEN && began.compareAndSet(start, NO_STEP);
    }

    /** Takes the loop away from a step that has lasted so long; false if there is none. From any thread. */
    boolean take(long now, long nanos) {
        long start = began.get();
        return start != NO_STEP && start != TAKEN && now - start >= nanos && began.compareAndSet(start, TAKEN);
    }
}
