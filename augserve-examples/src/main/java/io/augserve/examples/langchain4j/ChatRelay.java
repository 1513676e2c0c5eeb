package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import io.augserve.request.GenerationEvent;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Between a generation and one subscriber. One event of the generation becomes none, one or, at the end, several of the framework's, so
 * the next is asked for only when what came of the last has been taken and more is wanted: at most one end is ever buffered, and a reader
 * without demand stops the request at the server's own bound. Signals from both sides meet in a drain that one thread runs at a time.
 */
final class ChatRelay implements Flow.Subscriber<GenerationEvent>, Flow.Subscription {
    private final RunningChat chat;
    private final Flow.Subscriber<? super ChatModelStreamingEvent> reader;
    private final Queue<ChatModelStreamingEvent> ready = new ConcurrentLinkedQueue<>();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger signals = new AtomicInteger();
    private volatile Flow.@Nullable Subscription source;
    /** Whether an event of the generation has been asked for and has not come. */
    private volatile boolean asked;
    private volatile boolean completed;
    private volatile Optional<Throwable> failure = Optional.empty();
    private volatile boolean over;

    ChatRelay(RunningChat chat, Flow.Subscriber<? super ChatModelStreamingEvent> reader) {
        this.chat = chat;
        this.reader = reader;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        drain();
    }

    @Override
    public void onNext(GenerationEvent event) {
        try {
            ready.addAll(StreamedEvents.of(event, chat));
        } catch (RuntimeException e) {
            failure = Optional.of(e);
        }
        asked = false;
        drain();
    }

    @Override
    public void onError(Throwable cause) {
        failure = Optional.of(Failures.of(cause));
        drain();
    }

    @Override
    public void onComplete() {
        completed = true;
        drain();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            failure = Optional.of(new IllegalArgumentException("request(n): expected n > 0, got " + n));
            ready.clear();
            chat.cancel();
        } else {
            demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        }
        drain();
    }

    @Override
    public void cancel() {
        over = true;
        ready.clear();
        chat.cancel();
    }

    private void drain() {
        if (signals.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                deliver();
            } catch (Throwable e) {
                // A reader that throws breaks the rules of reactive streams: nobody is told, and nothing more comes.
                cancel();
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void deliver() {
        while (!over && demand.get() > 0) {
            ChatModelStreamingEvent event = ready.poll();
            if (event == null) {
                break;
            }
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            reader.onNext(event);
        }
        if (over || !ready.isEmpty()) {
            return;
        }
        Flow.Subscription from = source;
        if (failure.isPresent()) {
            over = true;
            reader.onError(failure.get());
        } else if (completed) {
            over = true;
            reader.onComplete();
        } else if (from != null && !asked && demand.get() > 0) {
            asked = true;
            from.request(1);
        }
    }
}
