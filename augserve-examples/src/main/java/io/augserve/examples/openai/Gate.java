package io.augserve.examples.openai;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose completions are being made: so many at once, nobody new once it is closed, and a way to wait for the last one. Thread-safe.
 *
 * <p>The core closes and waits for its requests alike, inside; sharing that would make it public API for no other reason.
 */
final class Gate {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Set<Pass> inside = new HashSet<>();
    private boolean closed;

    Gate(int most) {
        this.most = most;
    }

    /** One completion's place. */
    final class Pass {
        private Runnable cancel = () -> {};
        private boolean cancelled;

        private Pass() {}

        /** How to end what is being made; runs at once if that was asked for already. */
        void onCancel(Runnable action) {
            lock.lock();
            try {
                cancel = action;
                if (!cancelled) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            action.run();
        }

        /** Idempotent. */
        void leave() {
            lock.lock();
            try {
                if (inside.remove(this) && inside.isEmpty()) {
                    emptied.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Takes a place.
     *
     * @throws ApiException if there is none, or the gate is closed
     */
    Pass enter() {
        lock.lock();
        try {
            if (closed) {
                throw ApiException.closed("The server is closing.");
            }
            if (inside.size() >= most) {
                throw ApiException.busy("The limit of " + most + " requests at once is reached.", RETRY);
            }
            Pass pass = new Pass();
            inside.add(pass);
            return pass;
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is inside; false if that took longer. */
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!inside.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = emptied.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends whatever is being made. */
    void cancelAll() {
        List<Runnable> actions;
        lock.lock();
        try {
            inside.forEach(pass -> pass.cancelled = true);
            actions = inside.stream().map(pass -> pass.cancel).toList();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    /** How many are inside. */
    int size() {
        lock.lock();
        try {
            return inside.size();
        } finally {
            lock.unlock();
        }
    }
}
