package io.augserve.serving;

import static java.util.Objects.requireNonNull;

import io.augserve.request.GenerationEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one generation for one subscriber. The loop offers and never waits: events queue up until the subscriber, who may
 * come late, asks for them; there are at most a few per output token, so the queue is bounded by the request's token limit. A subscriber
 * that has come and does not keep up is waited for: the loop asks {@link #awaitsRoom} and pauses the request until it is told that half
 * of the buffer is free, so what is buffered exceeds the bound by no more than two steps or the calls of one turn bring. The subscriber is
 * called on an executor, one call at a time; whatever it throws ends its subscription and nothing else.
 */
final class EventStream implements Flow.Publisher<GenerationEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private final Executor executor;
    private final int maxBuffered;
    private final Runnable onCancel;
    private final Runnable onRoom;
    private final AtomicInteger buffered = new AtomicInteger();
    /** Whether the request waits for its reader. */
    private final AtomicBoolean awaited = new AtomicBoolean();
    private final Queue<GenerationEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    /** Signals not yet seen by the drain; whoever raises it from zero runs the drain. */
    private final AtomicInteger signals = new AtomicInteger();
    private volatile Flow.@Nullable Subscriber<? super GenerationEvent> subscriber;
    private volatile boolean completed;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Throwable wrongDemand;
    private volatile boolean closed;
    private boolean begun;

    EventStream(Executor executor, int maxBuffered, Runnable onCancel, Runnable onRoom) {
        this.executor = executor;
        this.maxBuffered = maxBuffered;
        this.onCancel = onCancel;
        this.onRoom = onRoom;
    }

    /** Whether the subscriber has so much to read that its request must wait; if so, {@code onRoom} will be called once. Called by the loop. */
    boolean awaitsRoom() {
        if (!isFull()) {
            return false;
        }
        awaited.set(true);
        // The reader may have caught up before it could see that it is waited for.
        return isFull() || !awaited.compareAndSet(true, false);
    }

    private boolean isFull() {
        return subscriber != null && !closed && buffered.get() >= maxBuffered;
    }

    private void tellOfRoom() {
        if (awaited.get() && (closed || buffered.get() <= maxBuffered / 2) && awaited.compareAndSet(true, false)) {
            onRoom.run();
        }
    }

    /** Events that wait to be read. */
    int buffered() {
        return buffered.get();
    }

    /** Called by the loop alone. */
    void offer(GenerationEvent event) {
        if (!closed) {
            buffered.incrementAndGet();
            queue.add(event);
            signal();
        }
    }

    /** The last event has been offered. */
    void complete() {
        completed = true;
        signal();
    }

    /** After the events offered so far, the subscriber gets this failure. */
    void fail(Throwable cause) {
        failure = cause;
        complete();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super GenerationEvent> newSubscriber) {
        requireNonNull(newSubscriber, "subscriber");
        if (taken.compareAndSet(false, true)) {
            subscriber = newSubscriber;
            signal();
        } else {
            newSubscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {}
            });
            newSubscriber.onError(new IllegalStateException("the events of a generation have one subscriber"));
        }
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                executor.execute(this::drain);
            } catch (RuntimeException rejected) {
                LOG.warn("events cannot be delivered any more", rejected);
                close();
            }
        }
    }

    private void drain() {
        int seen = signals.get();
        do {
            Flow.Subscriber<? super GenerationEvent> reader = subscriber;
            if (reader != null && !closed) {
                try {
                    deliver(reader);
                } catch (Throwable e) {
                    // An error that went further would leave the signals up, and nobody would drain again.
                    LOG.warn("a subscriber failed and gets no more events", e);
                    close();
                    onCancel.run();
                }
            }
            tellOfRoom();
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void deliver(Flow.Subscriber<? super GenerationEvent> reader) {
        if (!begun) {
            begun = true;
            reader.onSubscribe(new Demand());
        }
        while (!closed && wrongDemand == null && demand.get() > 0) {
            GenerationEvent event = queue.poll();
            if (event == null) {
                break;
            }
            buffered.decrementAndGet();
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            reader.onNext(event);
        }
        Throwable wrong = wrongDemand;
        if (!closed && wrong != null) {
            close();
            reader.onError(wrong);
        } else if (!closed && completed && queue.isEmpty()) {
            closed = true;
            Throwable cause = failure;
            if (cause == null) {
                reader.onComplete();
            } else {
                reader.onError(cause);
            }
        }
    }

    private void close() {
        closed = true;
        queue.clear();
        tellOfRoom();
    }

    /** The subscriber's side. */
    private final class Demand implements Flow.Subscription {
        @Override
        public void request(long n) {
            if (n <= 0) {
                wrongDemand = new IllegalArgumentException("request(n): expected n > 0, got " + n);
                onCancel.run();
            } else {
                demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            }
            signal();
        }

        @Override
        public void cancel() {
            close();
            onCancel.run();
        }
    }
}
