package io.augserve.onnx.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Helper threads for calls that last microseconds. A call publishes its tasks in one word, {@code call | tasks | next}, from which the caller and the
 * helpers take numbers by compare-and-set; the caller waits for tasks that were taken, never for a helper to wake up, so a machine that is busy
 * elsewhere costs speed and not progress. Nothing is allocated by a call.
 *
 * <p>A number can only be taken while its call still runs, because the word holds the call's number and count too: a helper that comes late finds
 * another word. Helpers spin for {@link #SPIN_NANOS} after their last task, which bridges the other operators of a step, and then sleep.
 *
 * <p>One call at a time: {@link #tryRun} says no to another.
 */
final class Crew implements AutoCloseable {
    private static final long SPIN_NANOS = 200_000;
    /** Looks at the word between two looks at the clock. */
    private static final int SPINS = 64;
    /** Looks after which a waiting caller lets others have its core: a helper may have lost its own. */
    private static final int SPINS_BEFORE_SLEEP = 10_000;
    private static final long PATIENCE_NANOS = 1000;
    private static final int BITS = 16;
    private static final int MASK = (1 << BITS) - 1;
    static final int MAX_TASKS = MASK;

    private final AtomicLong word = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger sleeping = new AtomicInteger();
    private final Thread[] helpers;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    /** Written before the word is, read after it. */
    private IntConsumer task = i -> {};
    private long calls;

    Crew(int size) {
        helpers = new Thread[size];
        for (int i = 0; i < size; i++) {
            Thread helper = new Thread(this::help, "augserve-kernel-" + i);
            helper.setDaemon(true);
            helpers[i] = helper;
            helper.start();
        }
    }

    /** Runs {@code work} for 0 to {@code tasks - 1} and returns true when all are done, or false at once if another call is running. */
    boolean tryRun(int tasks, IntConsumer work) {
        if (!busy.compareAndSet(0, 1)) {
            return false;
        }
        try {
            failure = null;
            done.set(0);
            task = work;
            word.set((++calls << (2 * BITS)) | ((long) tasks << BITS));
            wake();
            while (takeOne()) {
                // Until no number is left.
            }
            await(tasks);
            Throwable thrown = failure;
            if (thrown != null) {
                Crew.<RuntimeException>sneak(thrown);
            }
            return true;
        } finally {
            busy.set(0);
        }
    }

    /** Does one task of the running call, if any is left. */
    private boolean takeOne() {
        long seen = word.get();
        int next = (int) seen & MASK;
        if (next >= ((int) (seen >>> BITS) & MASK)) {
            return false;
        }
        IntConsumer work = task;
        if (word.compareAndSet(seen, seen + 1)) {
            try {
                work.accept(next);
            } catch (Throwable e) {
                failure = e;
            } finally {
                done.incrementAndGet();
            }
        }
        return true;
    }

    private void await(int tasks) {
        for (int spins = 0; done.get() < tasks; spins++) {
            if (spins < SPINS_BEFORE_SLEEP) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PATIENCE_NANOS);
            }
        }
    }

    private void wake() {
        if (sleeping.get() > 0) {
            for (Thread helper : helpers) {
                LockSupport.unpark(helper);
            }
        }
    }

    private void help() {
        while (!closed) {
            if (takeOne()) {
                continue;
            }
            if (!spin()) {
                sleep();
            }
        }
    }

    /** Whether there was something to do within the time that is spun. */
    private boolean spin() {
        long end = System.nanoTime() + SPIN_NANOS;
        do {
            for (int i = 0; i < SPINS; i++) {
                if (hasTask()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - end < 0);
        return false;
    }

    private void sleep() {
        sleeping.incrementAndGet();
        try {
            // A call that did not see this helper asleep has published its word before this look at it.
            while (!hasTask() && !closed) {
                LockSupport.park(this);
            }
        } finally {
            sleeping.decrementAndGet();
        }
    }

    private boolean hasTask() {
        long seen = word.get();
        return ((int) seen & MASK) < ((int) (seen >>> BITS) & MASK);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable e) throws E {
        throw (E) e;
    }

    /** Lets the helpers end; a call that still runs is finished by its caller. */
    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
