package io.augserve.serving;

import io.augserve.request.RequestRejectedException;
import io.augserve.request.RequestRejectedException.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Who is in the house, from the door to the end: bounds on requests and on prompt tokens that wait for their first token, and names,
 * each of which one request has at a time. With shedding, a request that waited until its first token is late gives up its place when a
 * newcomer needs it; the newcomer is refused only if there is none. Thread-safe.
 */
final class House {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final int maxRequests;
    private final long maxQueuedTokens;
    private final boolean sheds;
    private final LongConsumer onShed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Map<Long, Place> places = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    /** Those that wait for their first token, who is late first at the front. */
    private final NavigableSet<Place> queue = new TreeSet<>(
            Comparator.comparingLong((Place place) -> place.lateAt).thenComparingLong(place -> place.id));
    private long queuedTokens;
    private int taken;
    private boolean closed;

    /** One request's place. */
    private static final class Place {
        final long id;
        final String name;
        int promptTokens;
        long lateAt;
        boolean started;
        boolean givenUp;

        Place(long id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    /** @param onShed told which request has lost its place, before whoever got it is let in; quick, and calls nothing here */
    House(int maxRequests, long maxQueuedTokens, boolean sheds, LongConsumer onShed) {
        this.maxRequests = maxRequests;
        this.maxQueuedTokens = maxQueuedTokens;
        this.sheds = sheds;
        this.onShed = onShed;
    }

    /**
     * A newcomer takes a place, or that of another one.
     *
     * @throws RequestRejectedException if there is none
     */
    void enter(long id, String name, long now) {
        lock.lock();
        try {
            if (closed) {
                throw new RequestRejectedException(Reason.CLOSED, "the server is closed");
            }
            if (names.contains(name)) {
                throw new RequestRejectedException(Reason.DUPLICATE_ID,
                        "a request '" + name + "' is in the house already", Optional.of(RETRY));
            }
            if (taken >= maxRequests && !shed(now)) {
                throw new RequestRejectedException(Reason.QUEUE_FULL,
                        "the limit of " + maxRequests + " requests is reached", Optional.of(RETRY));
            }
            taken++;
            names.add(name);
            places.put(id, new Place(id, name));
        } finally {
            lock.unlock();
        }
    }

    /** Whether a name is taken. */
    boolean has(String name) {
        lock.lock();
        try {
            return names.contains(name);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A newcomer brings its prompt.
     *
     * @throws RequestRejectedException if too many tokens are queued
     */
    void bring(long id, int promptTokens, long now) {
        lock.lock();
        try {
            while (queuedTokens > 0 && queuedTokens + promptTokens > maxQueuedTokens) {
                if (!shed(now)) {
                    throw new RequestRejectedException(Reason.QUEUE_FULL, "the limit of " + maxQueuedTokens
                            + " queued prompt tokens is reached: " + queuedTokens + " wait, the prompt has "
                            + promptTokens, Optional.of(RETRY));
                }
            }
            Place place = places.get(id);
            if (place != null) {
                place.promptTokens = promptTokens;
                queuedTokens += promptTokens;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A newcomer waits for its first token; the loop knows of it already, so that it can be told if another one needs the place.
     *
     * @param lateAt when it is too late for that token
     */
    void waits(long id, long lateAt) {
        lock.lock();
        try {
            Place place = places.get(id);
            if (place != null && !place.started) {
                place.lateAt = lateAt;
                queue.add(place);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean shed(long now) {
        if (!sheds || queue.isEmpty() || queue.first().lateAt - now >= 0) {
            return false;
        }
        Place place = queue.first();
        start(place);
        place.givenUp = true;
        taken--;
        onShed.accept(place.id);
        return true;
    }

    /** It waits no more. */
    private void start(Place place) {
        queue.remove(place);
        queuedTokens -= place.started ? 0 : place.promptTokens;
        place.started = true;
    }

    /** A request has its first token. */
    void started(long id) {
        lock.lock();
        try {
            Place place = places.get(id);
            if (place != null) {
                start(place);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A request has left. */
    void left(long id) {
        lock.lock();
        try {
            Place place = places.remove(id);
            if (place == null) {
                return;
            }
            start(place);
            names.remove(place.name);
            taken -= place.givenUp ? 0 : 1;
            if (places.isEmpty()) {
                emptied.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on nobody enters. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is in the house; false if that took longer. */
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (!places.isEmpty() && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return places.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Requests in the house. */
    int size() {
        lock.lock();
        try {
            return places.size();
        } finally {
            lock.unlock();
        }
    }

    /** Prompt tokens that wait for their first token. */
    long queuedTokens() {
        lock.lock();
        try {
            return queuedTokens;
        } finally {
            lock.unlock();
        }
    }
}
