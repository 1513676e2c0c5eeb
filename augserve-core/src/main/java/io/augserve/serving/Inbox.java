package io.augserve.serving;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages from any thread to the loop. It is bounded by what may be sent: admission bounds the requests in the house, and each
 * sends one submission, at most one cancellation and one result per call. So control messages never meet a full inbox.
 */
final class Inbox {
    private final Queue<Message> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> sleeper = new AtomicReference<>();
    private volatile boolean closed;

    /** From any thread; false if nobody will ever read it. */
    boolean put(Message message) {
        queue.add(message);
        if (closed && queue.remove(message)) {
            return false;
        }
        Thread thread = sleeper.get();
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /** Nobody will read what is put from now on. What was put before is there to be drained. */
    void close() {
        closed = true;
    }

    /** The loop takes all messages that are there; returns how many. */
    int drain(Consumer<Message> consumer) {
        int taken = 0;
        for (Message message = queue.poll(); message != null; message = queue.poll()) {
            consumer.accept(message);
            taken++;
        }
        return taken;
    }

    /** Messages that are there; counts them. */
    int size() {
        return queue.size();
    }

    /** The loop's thread sleeps until a message comes or the time is up. */
    void await(long nanos) {
        sleeper.set(Thread.currentThread());
        // Looked at after the sleeper is known: a message put before that finds nobody to wake.
        if (queue.isEmpty() && nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper.set(null);
    }
}
