package io.augserve.onnx.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Spreads numbered tasks over a few threads, the caller being one of them. A thread takes the next number when it is done with one, so tasks may
 * differ in size. Thread-safe; of several callers at a time one has the helpers and the others work alone.
 *
 * <p>A call allocates nothing and never waits for a helper to wake up: the caller begins at once, a helper comes in when it is awake and finds the
 * door open, and the caller closes the door when no task is left and waits for those inside. Helpers sleep between calls and do not spin, for the
 * cores are needed by what comes between.
 */
public final class Workers implements AutoCloseable {
    /** In {@link #door}, beside the number of helpers inside. */
    private static final int OPEN = 1 << 30;
    /** How often the caller looks whether the last helper is done before it sleeps: a few microseconds. */
    private static final int LOOKS = 1000;

    private final int threads;
    private final Thread[] helpers;
    private final AtomicInteger door = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> caller = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** Both written before the door opens. */
    private IntConsumer task = _ -> {};
    private int tasks;
    private volatile boolean closed;

    /**
     * @param threads how many threads work on one call, the caller included; its helpers are daemons that end with {@link #close()}
     * @throws IllegalArgumentException if not positive
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, got " + threads);
        }
        this.threads = threads;
        this.helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform().daemon().name("augserve-attention-" + i).unstarted(this::help);
            helpers[i].start();
        }
    }

    /** Threads that work on one call, the caller included. */
    public int threads() {
        return threads;
    }

    /** Runs {@code task} for 0 to {@code tasks - 1} and returns when all are done; the first exception of a task is thrown on. */
    public void run(int newTasks, IntConsumer newTask) {
        int helping = Math.min(helpers.length, newTasks - 1);
        if (helping < 1 || closed || !caller.compareAndSet(null, Thread.currentThread())) {
            for (int i = 0; i < newTasks; i++) {
                newTask.accept(i);
            }
            return;
        }
        task = newTask;
        tasks = newTasks;
        next.set(0);
        door.set(OPEN);
        for (int i = 0; i < helping; i++) {
            LockSupport.unpark(helpers[i]);
        }
        work();
        // Every helper must have left before the caller's memory goes away, whatever happened here.
        closeDoor();
        Throwable thrown = failure.getAndSet(null);
        caller.set(null);
        // A task cannot throw anything else.
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void work() {
        try {
            IntConsumer mine = task;
            int count = tasks;
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                mine.accept(i);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(tasks);
        }
    }

    private void closeDoor() {
        int inside = door.addAndGet(-OPEN);
        for (int look = 0; inside > 0; look++) {
            if (look < LOOKS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
            inside = door.get();
        }
    }

    private void help() {
        while (!closed) {
            int state = door.get();
            if (state < OPEN || next.get() >= tasks) {
                LockSupport.park(this);
            } else if (door.compareAndSet(state, state + 1)) {
                work();
                if (door.decrementAndGet() == 0) {
                    LockSupport.unpark(caller.get());
                }
            }
        }
    }

    /** Ends the helpers; a call that comes later works alone. */
    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
