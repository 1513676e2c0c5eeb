package io.augserve.onnx.kernel;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;

/**
 * Spreads numbered tasks over {@link Workers} in runs of consecutive numbers, one for each thread, for tasks that read memory one behind the other. A core
 * fetches ahead what it expects to read; if threads took turns, most of that would be for another core, and two of them would read more slowly
 * than one. Who is done with his own run takes tasks from the others'.
 *
 * <p>One call at a time. Nothing is allocated by a call.
 */
public final class Lanes {
    /** Counters lie so many elements apart, each in a cache line of its own. */
    private static final int STRIDE = 32;

    private final Workers workers;
    private final AtomicIntegerArray next;
    private final IntConsumer lane = this::lane;
    private int tasks;
    private IntConsumer task = i -> {};

    public Lanes(Workers workers) {
        this.workers = workers;
        this.next = new AtomicIntegerArray((workers.threads() + 1) * STRIDE);
    }

    /** Runs {@code work} for 0 to {@code count - 1} and returns when all are done; an exception of a task is thrown on. */
    public void run(int count, IntConsumer work) {
        tasks = count;
        task = work;
        for (int i = 0; i < workers.threads(); i++) {
            next.setPlain(at(i), begin(i));
        }
        workers.run(workers.threads(), lane);
    }

    private void lane(int own) {
        int lanes = workers.threads();
        for (int i = 0; i < lanes; i++) {
            int lane = (own + i) % lanes;
            int end = begin(lane + 1);
            // Looked at first, so that the counter of a lane that is done stays where it is.
            while (next.get(at(lane)) < end) {
                int number = next.getAndIncrement(at(lane));
                if (number < end) {
                    task.accept(number);
                }
            }
        }
    }

    private int begin(int lane) {
        return (int) ((long) tasks * lane / workers.threads());
    }

    private static int at(int lane) {
        return (lane + 1) * STRIDE;
    }
}
