package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import io.augserve.AugServe;
import io.augserve.request.SessionRetention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions and structured output, end to end. */
@Timeout(120)
class SmallModelTest {
    private static final AugServe SERVER = SmallModel.serve(SessionRetention.DEFAULT);
    private static final List<ToolSpecification> TOOLS = ToolSpecifications
            .toolSpecificationsFrom(SmallModel.Tools.class);
    private static final Map<String, String> RESULTS = Map.of("find_person", "Oslo", "get_weather",
            "3 degrees and snow");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    /** The turns of the two-tool conversation, each a request with all that was said before. */
    private static List<ChatResponse> conversation(AugServe server, Optional<String> sessionKey) {
        AugServeChatRequestParameters.Builder parameters = AugServeChatRequestParameters.builder()
                .toolSpecifications(TOOLS);
        sessionKey.ifPresent(parameters::sessionKey);
        ChatModel model = AugServeChatModel.builder(server).defaultRequestParameters(parameters.build()).build();
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(UserMessage.from("What is the weather where Maria Lopez lives?"));
        List<ChatResponse> turns = new ArrayList<>();
        do {
            turns.add(model.chat(messages));
            messages.add(turns.getLast().aiMessage());
            for (ToolExecutionRequest call : turns.getLast().aiMessage().toolExecutionRequests()) {
                messages.add(ToolExecutionResultMessage.from(call, RESULTS.get(call.name())));
            }
        } while (turns.getLast().aiMessage().hasToolExecutionRequests());
        return turns;
    }

    private static AugServeTokenUsage usage(ChatResponse response) {
        return (AugServeTokenUsage) response.tokenUsage();
    }

    private static void assertOnlyNewTokensAreComputed(List<ChatResponse> turns) {
        assertThat(turns).hasSize(3);
        for (int i = 1; i < turns.size(); i++) {
            AugServeTokenUsage before = usage(turns.get(i - 1));
            // The last token of a turn is sampled and never computed.
            assertThat(usage(turns.get(i)).cachedInputTokenCount()).as("turn %d", i)
                    .isEqualTo(before.inputTokenCount() + before.outputTokenCount() - 1);
        }
    }

    @Test
    void aFollowUpComputesTheNewTokensAlone() {
        assertOnlyNewTokensAreComputed(conversation(SERVER, Optional.empty()));
        assertOnlyNewTokensAreComputed(conversation(SERVER, Optional.of("maria")));
    }

    @Test
    void answersDoNotDependOnRetention() {
        try (AugServe forgetful = SmallModel.serve(SessionRetention.OFF)) {
            List<ChatResponse> turns = conversation(forgetful, Optional.empty());
            assertThat(turns).extracting(turn -> usage(turn).cachedInputTokenCount()).containsOnly(0);
            assertThat(turns.getLast().aiMessage().text()).contains("3 degrees and snow")
                    .isEqualTo(conversation(SERVER, Optional.of("again")).getLast().aiMessage().text());
        }
    }

    @Test
    void aRequiredCallComesWhateverIsAsked() {
        ChatResponse response = AugServeChatModel.builder(SERVER).strictTools(true).build()
                .chat(ChatRequest.builder().messages(UserMessage.from("Tell me a joke"))
                        .parameters(ChatRequestParameters.builder().toolSpecifications(TOOLS)
                                .toolChoice(ToolChoice.REQUIRED).maxOutputTokens(200).build())
                        .build());
        assertThat(response.aiMessage().toolExecutionRequests()).isNotEmpty()
                .allSatisfy(call -> assertThat(call.name()).isIn("find_person", "get_weather"));
    }

    enum Mood {
        CHEERFUL, GLOOMY
    }

    interface Reader {
        Mood moodOf(String text);

        boolean isCheerful(String text);
    }

    /** What the model thinks of it is its own affair; that the framework can read it is not. */
    @Test
    void answersAreOfTheTypeThatAServiceReturns() {
        Reader reader = AiServices.create(Reader.class, AugServeChatModel.builder(SERVER).build());
        assertThat(reader.moodOf("What a wonderful day!")).isIn((Object[]) Mood.values());
        assertThat(reader.isCheerful("What a wonderful day!")).isIn(true, false);
    }
}
