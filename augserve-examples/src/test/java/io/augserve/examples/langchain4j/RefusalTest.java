package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.augserve.AugServe;
import io.augserve.Limits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is refused, and with which of the framework's exceptions. */
@Timeout(60)
class RefusalTest {
    private final StepGate gate = new StepGate();
    private final AugServe server = AugServe.builder(new ScriptedEngine(new KnowsEverything()).intercept(gate))
            .limits(Limits.DEFAULT.withMaxRequests(1)).build();
    private final AugServeChatModel model = AugServeChatModel.builder(server).build();
    private final AugServeStreamingChatModel streaming = AugServeStreamingChatModel.builder(server).build();

    @AfterEach
    void close() {
        gate.open();
        server.close(Duration.ZERO);
    }

    private static ChatRequest with(ChatRequestParameters parameters) {
        return ChatRequest.builder().messages(UserMessage.from("hello")).parameters(parameters).build();
    }

    @Test
    void aFullServerIsARateLimit() {
        CompletableFuture<ChatResponse> first = model.chatAsync("hello").thenApply(text -> null);
        assertThatThrownBy(() -> model.chat("hello")).isExactlyInstanceOf(RateLimitException.class);
        assertThat(first).isNotDone();
    }

    @Test
    void aFullServerTellsHandlersAndSubscribers() {
        CompletableFuture<String> first = model.chatAsync("hello");
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        streaming.chat("hello", new StreamingChatResponseHandler() {
            @Override
            public void onCompleteResponse(ChatResponse response) {}

            @Override
            public void onError(Throwable error) {
                told.complete(error);
            }
        });
        assertThat(told.join()).isExactlyInstanceOf(RateLimitException.class);

        CompletableFuture<Throwable> signalled = new CompletableFuture<>();
        streaming.chat(with(ChatRequestParameters.builder().build())).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(ChatModelStreamingEvent event) {}

            @Override
            public void onError(Throwable failure) {
                signalled.complete(failure);
            }

            @Override
            public void onComplete() {}
        });
        assertThat(signalled.join()).isExactlyInstanceOf(RateLimitException.class);
        assertThat(first).isNotDone();
    }

    @Test
    void aPromptBeyondTheContextIsAnInvalidRequest() {
        assertThatThrownBy(() -> model.chat("x".repeat(5_000))).isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("expected at most 3999");
    }

    @Test
    void anOptionOutOfItsRangeIsAnInvalidRequest() {
        assertThatThrownBy(() -> model.chat(with(ChatRequestParameters.builder().topP(0.0).build())))
                .isExactlyInstanceOf(InvalidRequestException.class).hasMessageContaining("topP: expected in (0, 1]");
    }

    @Test
    void aDefaultOutOfItsRangeIsNoticedWhenTheModelIsMade() {
        AugServeChatModel.Builder builder = AugServeChatModel.builder(server)
                .defaultRequestParameters(ChatRequestParameters.builder().temperature(-1.0).build());
        assertThatThrownBy(builder::build).isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature: expected 0 to 100, got -1.0");
    }

    @Test
    void soundsAreNotSupported() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(AudioContent.from("AAAA", "audio/wav"))).build();
        assertThatThrownBy(() -> model.chat(request)).isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("content of type audio is not supported by AugServe: expected text");
    }

    @Test
    void aClosedServerIsAnInternalError() {
        gate.open();
        server.close();
        assertThatThrownBy(() -> model.chat("hello")).isExactlyInstanceOf(InternalServerException.class)
                .hasMessageContaining("closed");
    }
}
