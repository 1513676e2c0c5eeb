package io.augserve.onnx.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Spreads numbered tasks over a few threads, the caller being one of them. A thread takes the next number when it is done with one, so tasks may
 * differ in size. Thread-safe.
 */
public final class Workers implements AutoCloseable {
    private final int threads;
    private final ForkJoinPool helpers;

    /**
     * @param threads how many threads work on one call, the caller included; its helpers are daemons that end when idle
     * @throws IllegalArgumentException if not positive
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, got " + threads);
        }
        this.threads = threads;
        this.helpers = new ForkJoinPool(Math.max(1, threads - 1), Workers::newHelper, null, false);
    }

    private static ForkJoinWorkerThread newHelper(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("augserve-attention-" + thread.getPoolIndex());
        return thread;
    }

    /** Threads that work on one call, the caller included. */
    public int threads() {
        return threads;
    }

    /** Runs {@code task} for 0 to {@code tasks - 1} and returns when all are done; the first exception of a task is thrown on. */
    void run(int tasks, IntConsumer task) {
        int helping = Math.min(threads, tasks) - 1;
        if (helping < 1) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                task.accept(i);
            }
        };
        List<ForkJoinTask<?>> helps = new ArrayList<>(helping);
        try {
            for (int i = 0; i < helping; i++) {
                helps.add(helpers.submit(work));
            }
            work.run();
        } finally {
            // Every helper must have stopped before the caller's memory goes away, whatever happened here.
            next.set(tasks);
            helps.forEach(ForkJoinTask::quietlyJoin);
        }
        helps.forEach(ForkJoinTask::join);
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}
