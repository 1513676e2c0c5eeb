package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.augserve.AugServe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes back, beyond what the conformance tests look at. */
@Timeout(60)
class AnswersTest {
    private static final ChatRequest REQUEST = ChatRequest.builder().messages(UserMessage.from("go"))
            .toolSpecifications(ToolSpecification.builder().name("a").build()).build();

    private static ChatResponse answer(ScriptedEngine.Script script) {
        try (AugServe server = AugServe.builder(new ScriptedEngine(script)).build()) {
            return AugServeChatModel.builder(server).modelName("mine").build().chat(REQUEST);
        }
    }

    @Test
    void textAndCallsOfOneTurnComeTogether() {
        ChatResponse response = answer((prompt, constraint) -> "Let me see. <a{\"x\":1}><a{\"x\":2}>");
        assertThat(response.aiMessage().text()).isEqualTo("Let me see. ");
        assertThat(response.aiMessage().toolExecutionRequests()).extracting(call -> call.name() + call.arguments())
                .containsExactly("a{\"x\":1}", "a{\"x\":2}");
        assertThat(response.aiMessage().toolExecutionRequests()).extracting(call -> call.id())
                .containsExactly(response.id() + "-call_0_0", response.id() + "-call_0_1");
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.modelName()).isEqualTo("mine");
    }

    @Test
    void whatTheServerAnsweredItselfIsInTheTextAndInTheCounts() {
        ChatResponse response = answer(
                (prompt, constraint) -> prompt.contains("TOOL: error") ? "Sorry." : "Well. <unreadable>");
        assertThat(response.aiMessage().text()).isEqualTo("Well. Sorry.");
        assertThat(response.aiMessage().hasToolExecutionRequests()).isFalse();
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        // The prompt, the turn with its call, "TOOL: error: no arguments" with its line's end, and the next turn.
        int prompt = "a {\"type\":\"object\",\"properties\":{}}\nUSER: go\n".length();
        int result = "TOOL: error: no arguments\n".length();
        assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(prompt + result);
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo("Well. <unreadable>".length() + 1 + 7);
    }

    @Test
    void aCallThatCannotBeReadIsLeftOutBesideOneThatCan() {
        ChatResponse response = answer((prompt, constraint) -> "<unreadable><a{}>");
        assertThat(response.aiMessage().toolExecutionRequests()).singleElement()
                .satisfies(call -> assertThat(call.name()).isEqualTo("a"));
        assertThat(response.aiMessage().text()).isNull();
    }

    @Test
    void nothingSaidIsEmptyText() {
        ChatResponse response = answer((prompt, constraint) -> "");
        assertThat(response.aiMessage().text()).isEmpty();
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(1);
    }

    @Test
    void usagesAddUp() {
        TokenUsage own = answer((prompt, constraint) -> "x").tokenUsage();
        TokenUsage sum = TokenUsage.sum(new TokenUsage(10, 20), own);
        assertThat(sum).isInstanceOf(AugServeTokenUsage.class).isEqualTo(own.add(new TokenUsage(10, 20)));
        assertThat(sum.totalTokenCount()).isEqualTo(30 + own.totalTokenCount());
    }

    @Test
    void aReaderGetsNoMoreThanItAskedFor() {
        try (AugServe server = AugServe.builder(new ScriptedEngine((prompt, constraint) -> "ab<a{}>")).build()) {
            OneByOne reader = new OneByOne();
            AugServeStreamingChatModel.builder(server).build().chat(REQUEST).subscribe(reader);
            reader.done.join();
            // Two pieces, a partial and a complete call, the response.
            assertThat(reader.events).hasSize(5);
            assertThat(reader.events.getLast()).isInstanceOf(CompleteResponse.class);
            assertThat(reader.excess).isZero();
        }
    }

    /** Asks for the next event when it has handled one. */
    private static final class OneByOne implements Flow.Subscriber<ChatModelStreamingEvent> {
        final List<ChatModelStreamingEvent> events = new ArrayList<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        private Flow.Subscription subscription;
        private int asked;
        int excess;

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription = value;
            ask();
        }

        private void ask() {
            asked++;
            subscription.request(1);
        }

        @Override
        public void onNext(ChatModelStreamingEvent event) {
            asked--;
            excess += asked < 0 ? 1 : 0;
            events.add(event);
            ask();
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
