package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import io.augserve.AugServe;
import io.augserve.request.SessionRetention;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs as LangChain4j's users write them, on the small model. */
@Timeout(120)
class AiServicesTest {
    private static final AugServe SERVER = SmallModel.serve(SessionRetention.DEFAULT);

    private final SmallModel.Tools tools = new SmallModel.Tools();

    @AfterAll
    static void close() {
        SERVER.close();
    }

    interface Assistant {
        Result<String> chat(String question);
    }

    interface Assistants {
        String chat(@MemoryId String who, @UserMessage String question);
    }

    interface Narrator {
        TokenStream chat(String question);
    }

    public static final class Calculator {
        @Tool(name = "calculator", value = "Evaluate an arithmetic expression.")
        public String calculate(@P(name = "expression") String expression) {
            String[] factors = expression.split(" \\* ");
            return Integer.toString(Integer.parseInt(factors[0]) * Integer.parseInt(factors[1]));
        }
    }

    @Test
    void aConversationCallsBothToolsAndGoesOn() {
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(AugServeChatModel.builder(SERVER).build()).tools(tools)
                .chatMemory(MessageWindowChatMemory.withMaxMessages(20)).build();

        Result<String> first = assistant.chat("What is the weather where Maria Lopez lives?");
        assertThat(tools.asked).containsExactly("find_person Maria Lopez", "get_weather Oslo");
        assertThat(first.content()).contains("3 degrees and snow");
        assertThat(first.tokenUsage()).isInstanceOf(AugServeTokenUsage.class);
        assertThat(first.toolExecutions()).extracting(execution -> execution.request().id()).doesNotHaveDuplicates();

        assertThat(assistant.chat("What is the weather in Lima?").content()).contains("21 degrees and sun");
        assertThat(tools.asked).last().isEqualTo("get_weather Lima");
    }

    @Test
    void aStreamedConversationCallsBothTools() {
        Narrator narrator = AiServices.builder(Narrator.class)
                .streamingChatModel(AugServeStreamingChatModel.builder(SERVER).build()).tools(tools).build();
        StringBuilder pieces = new StringBuilder();
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        narrator.chat("What is the weather where Omar Tanaka lives?").onPartialResponse(pieces::append)
                .onCompleteResponse(response::complete).onError(response::completeExceptionally).start();

        assertThat(response.join().aiMessage().text()).contains("21 degrees and sun").isEqualTo(pieces.toString());
        assertThat(tools.asked).containsExactly("find_person Omar Tanaka", "get_weather Lima");
    }

    @Test
    void thirtyTwoConversationsAtOnceKeepTheirAnswersApart() throws Exception {
        Assistants assistants = AiServices.builder(Assistants.class)
                .chatModel(AugServeChatModel.builder(SERVER).build()).tools(new Calculator())
                .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(20))
                .chatRequestTransformer(SessionKeys.byMemoryId()).build();
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 32; i++) {
                String who = "user-" + i;
                String question = "What is " + (100 + i) + " * 7?";
                answers.add(executor.submit(() -> assistants.chat(who, question)));
            }
        }
        for (int i = 0; i < 32; i++) {
            assertThat(answers.get(i).get()).contains((100 + i) + " * 7 is " + 7 * (100 + i));
        }
    }
}
