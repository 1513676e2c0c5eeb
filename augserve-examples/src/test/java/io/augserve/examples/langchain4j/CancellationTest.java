package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.augserve.AugServe;
import io.augserve.request.ServerStats;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a request is cancelled, before its first token or after, nothing of it stays and nobody hears of it any more. */
@Timeout(60)
class CancellationTest {
    private static final ChatRequest REQUEST = ChatRequest.builder().messages(UserMessage.from("Tell me a long story"))
            .build();

    /** Thousands of steps: seconds after a test has done with it, it would still be talking. */
    private static final ChatRequest ENDLESS = ChatRequest.builder().messages(UserMessage.from("Never stop"))
            .maxOutputTokens(3_900).build();

    private final StepGate gate = new StepGate();
    private final AugServe server = AugServe.builder(new ScriptedEngine(new KnowsEverything()).intercept(gate))
            .build();
    private final AugServeChatModel model = AugServeChatModel.builder(server).build();
    private final AugServeStreamingChatModel streaming = AugServeStreamingChatModel.builder(server).build();

    @AfterEach
    void close() {
        gate.open();
        server.close(Duration.ZERO);
    }

    /** The next request is served, and then nothing is held. */
    private void assertNothingStays() {
        gate.open();
        assertThat(model.chat("Say 'Hello World'")).isEqualTo("Hello World");
        ServerStats stats = server.stats();
        while (stats.freeBlocks() < stats.capacityBlocks()) {
            Thread.onSpinWait();
            stats = server.stats();
        }
        assertThat(stats.running() + stats.waiting() + stats.paused()).isZero();
    }

    /** Keeps what it hears. */
    private static class Listener implements StreamingChatResponseHandler {
        final Queue<Object> heard = new ConcurrentLinkedQueue<>();
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        @Override
        public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            heard.add(partial);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            heard.add(response);
        }

        @Override
        public void onError(Throwable error) {
            heard.add(error);
            failure.complete(error);
        }
    }

    @Test
    void byTheHandleBeforeTheFirstToken() throws InterruptedException {
        Listener listener = new Listener();
        StreamingHandle handle = streaming.start(REQUEST, listener);
        gate.awaitStep();
        assertThat(handle.isCancelled()).isFalse();
        handle.cancel();
        handle.cancel();
        assertThat(handle.isCancelled()).isTrue();
        assertNothingStays();
        assertThat(listener.heard).isEmpty();
    }

    @Test
    void byTheHandleThatComesWithThePieces() {
        gate.open();
        Listener listener = new Listener() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                super.onPartialResponse(partial, context);
                if (heard.size() == 3) {
                    context.streamingHandle().cancel();
                }
            }
        };
        streaming.chat(REQUEST, listener);
        assertNothingStays();
        assertThat(listener.heard).hasSize(3);
    }

    @Test
    void byTheFuture() throws InterruptedException {
        CompletableFuture<ChatResponse> response = model.chatAsync(REQUEST);
        gate.awaitStep();
        response.cancel(true);
        assertNothingStays();
    }

    @Test
    void byTheSubscription() throws InterruptedException {
        Queue<Object> heard = new ConcurrentLinkedQueue<>();
        CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        streaming.chat(REQUEST).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription value) {
                value.request(Long.MAX_VALUE);
                subscription.complete(value);
            }

            @Override
            public void onNext(ChatModelStreamingEvent event) {
                heard.add(event);
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure);
            }

            @Override
            public void onComplete() {
                heard.add("complete");
            }
        });
        gate.awaitStep();
        subscription.join().cancel();
        assertNothingStays();
        assertThat(heard).isEmpty();
    }

    @Test
    void byInterruptingWhoWaits() throws InterruptedException {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                model.chat(REQUEST);
            } catch (RuntimeException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("not interrupted"));
            }
        });
        gate.awaitStep();
        caller.interrupt();
        assertThat(failure.join()).isInstanceOf(LangChain4jException.class).hasMessageContaining("interrupted");
        assertNothingStays();
    }

    @Test
    void byItsTimeout() {
        gate.open();
        CompletableFuture<ChatResponse> response = AugServeChatModel.builder(server).timeout(Duration.ofMillis(5))
                .build().chatAsync(ENDLESS);
        assertThatThrownBy(response::join).cause().isInstanceOf(TimeoutException.class)
                .hasMessage("no answer within PT0.005S");
        Listener listener = new Listener();
        AugServeStreamingChatModel.builder(server).timeout(Duration.ofMillis(5)).build().chat(ENDLESS, listener);
        assertThat(listener.failure.join()).isInstanceOf(TimeoutException.class);
        assertNothingStays();
    }

    @Test
    void byTheServersEnd() {
        CompletableFuture<ChatResponse> response = model.chatAsync(ENDLESS);
        Thread.ofVirtual().start(() -> server.close(Duration.ZERO));
        // The closing has begun when the next one is refused.
        while (!model.chatAsync(REQUEST).isCompletedExceptionally()) {
            Thread.onSpinWait();
        }
        gate.open();
        assertThatThrownBy(response::join).cause().isInstanceOf(InternalServerException.class)
                .hasMessageContaining("closed");
    }
}
