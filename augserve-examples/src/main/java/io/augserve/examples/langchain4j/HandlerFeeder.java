package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.augserve.request.GenerationEvent;
import java.util.List;
import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a generation's events into a handler. What the handler throws is told to its {@code onError}, and the stream goes on: the
 * framework's rule. After a cancellation it hears nothing.
 */
final class HandlerFeeder implements Flow.Subscriber<GenerationEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerFeeder.class);

    private final RunningChat chat;
    private final StreamingChatResponseHandler handler;

    HandlerFeeder(RunningChat chat, StreamingChatResponseHandler handler) {
        this.chat = chat;
        this.handler = handler;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(GenerationEvent event) {
        if (chat.isCancelled()) {
            return;
        }
        List<ChatModelStreamingEvent> heard;
        try {
            heard = StreamedEvents.of(event, chat);
        } catch (RuntimeException e) {
            onError(e);
            return;
        }
        for (ChatModelStreamingEvent next : heard) {
            if (!chat.isCancelled()) {
                tell(next);
            }
        }
    }

    private void tell(ChatModelStreamingEvent event) {
        try {
            switch (event) {
                case PartialResponse partial -> handler.onPartialResponse(partial, new PartialResponseContext(chat));
                case PartialToolCall partial -> handler.onPartialToolCall(partial, new PartialToolCallContext(chat));
                case CompleteToolCall call -> handler.onCompleteToolCall(call);
                case CompleteResponse complete -> handler.onCompleteResponse(complete.chatResponse());
                default -> throw new IllegalArgumentException("unexpected event " + event);
            }
        } catch (Exception e) {
            tellFailure(handler, e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!chat.isCancelled()) {
            tellFailure(handler, Failures.of(failure));
        }
    }

    /** What a handler throws when it is told of a failure is logged and told to nobody. */
    static void tellFailure(StreamingChatResponseHandler handler, Exception failure) {
        try {
            handler.onError(failure);
        } catch (Exception e) {
            LOG.warn("a handler failed at being told of a failure", e);
        }
    }

    @Override
    public void onComplete() {}
}
