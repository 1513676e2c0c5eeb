package io.augserve.examples.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/** A cold publisher: every subscription starts a request of its own, and a refusal is its failure. */
final class ChatPublisher implements Flow.Publisher<ChatModelStreamingEvent> {
    private static final Flow.Subscription NONE = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final Supplier<RunningChat> start;

    ChatPublisher(Supplier<RunningChat> start) {
        this.start = start;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ChatModelStreamingEvent> subscriber) {
        requireNonNull(subscriber, "subscriber");
        RunningChat chat;
        try {
            chat = start.get();
        } catch (RuntimeException e) {
            subscriber.onSubscribe(NONE);
            subscriber.onError(e);
            return;
        }
        ChatRelay relay = new ChatRelay(chat, subscriber);
        subscriber.onSubscribe(relay);
        chat.events().subscribe(relay);
    }
}
