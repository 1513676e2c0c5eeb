package io.augserve.onnx.kernel;

import java.util.function.IntConsumer;

/**
 * Spreads numbered tasks over a few threads, the caller being one of them. A thread takes the next number when it is done with one, so tasks may
 * differ in size. Thread-safe; of calls that overlap, one has the helpers and the others run on their callers alone.
 */
public final class Workers implements AutoCloseable {
    private final int threads;
    private final Crew crew;

    /**
     * @param threads how many threads work on one call, the caller included; its helpers are daemons that sleep when idle
     * @throws IllegalArgumentException if not positive
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, got " + threads);
        }
        this.threads = threads;
        this.crew = new Crew(threads - 1);
    }

    /** Threads that work on one call, the caller included. */
    public int threads() {
        return threads;
    }

    /** Runs {@code task} for 0 to {@code tasks - 1} and returns when all are done; an exception of a task is thrown on. */
    public void run(int tasks, IntConsumer task) {
        boolean alone = threads == 1 || tasks < 2 || tasks > Crew.MAX_TASKS;
        if (alone || !crew.tryRun(tasks, task)) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
        }
    }

    @Override
    public void close() {
        crew.close();
    }
}
