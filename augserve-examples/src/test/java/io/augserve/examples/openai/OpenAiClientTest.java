package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import io.augserve.AugServe;
import io.augserve.examples.EmbeddedModel;
import io.augserve.onnx.OnnxEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs written for OpenAI's servers, with OpenAI's own client, unmodified but for the address. */
@Timeout(60)
class OpenAiClientTest {
    private static SmallModel model;
    private static OpenAIClient client;

    @BeforeAll
    static void open() throws IOException {
        model = SmallModel.open();
        client = OpenAIOkHttpClient.builder().baseUrl(model.http.uri() + "/v1").apiKey("none").maxRetries(0).build();
    }

    @AfterAll
    static void close() {
        client.close();
        model.close();
    }

    private static ChatCompletionCreateParams.Builder chat(String question) {
        return ChatCompletionCreateParams.builder().model(SmallModel.ID).addUserMessage(question);
    }

    private static FunctionDefinition function(String name, String description, String argument) {
        return FunctionDefinition.builder().name(name).description(description)
                .parameters(FunctionParameters.builder().putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties",
                                JsonValue.from(Map.of(argument, Map.of("type", "string"))))
                        .putAdditionalProperty("required", JsonValue.from(List.of(argument))).build())
                .build();
    }

    private static ChatCompletionCreateParams.Builder chatWithTools(String question) {
        return chat(question)
                .addFunctionTool(function("get_weather", "Get the current weather in a city.", "city"))
                .addFunctionTool(function("find_person", "Find the city where a person lives.", "name"));
    }

    /** What the program's own tools say. */
    private static String run(ChatCompletionMessageFunctionToolCall.Function call) {
        return switch (call.name()) {
            case "find_person" -> "Lima";
            case "get_weather" -> call.arguments().contains("Lima") ? "21 degrees and sun" : "3 degrees and snow";
            default -> "error: unknown tool";
        };
    }

    @Test
    void anAnswerInOnePiece() {
        ChatCompletion completion = client.chat().completions().create(chat("Tell me a joke").maxCompletionTokens(20)
                .build()).validate();
        assertThat(completion.model()).isEqualTo(SmallModel.ID);
        assertThat(completion.id()).startsWith("chatcmpl-");
        ChatCompletion.Choice choice = completion.choices().getFirst();
        assertThat(choice.message().content().orElseThrow()).isNotEmpty();
        assertThat(completion.usage().orElseThrow().completionTokens()).isBetween(1L, 20L);
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(
                completion.usage().orElseThrow().promptTokens()
                        + completion.usage().orElseThrow().completionTokens());
    }

    @Test
    void theLimitOfTheOutputIsItsReason() {
        ChatCompletion completion = client.chat().completions()
                .create(chat("Tell me a joke").maxCompletionTokens(2).build());
        assertThat(completion.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(2);
    }

    /** Find a person with one tool, the weather there with another, and tell; twice over, with the calls' ids kept apart. */
    @Test
    void aConversationWithTwoTools() {
        List<CompletionUsage> usages = new ArrayList<>();
        assertThat(conversation(client, usages)).contains("21 degrees and sun");
        assertThat(usages).hasSize(3).allMatch(usage -> cached(usage) == 0);
    }

    /** With retention, later turns compute the new tokens alone, and nothing else is different. */
    @Test
    void aConversationWhoseTurnsAreKept() throws IOException {
        List<CompletionUsage> plain = new ArrayList<>();
        String expected = conversation(client, plain);
        try (AugServe server = AugServe
                .builder(OnnxEngine.builder(EmbeddedModel.directory()).threads(2).warmUp(false).build())
                .policy("vllm-v1").build();
                OpenAiServer http = OpenAiServer.builder(server).start()) {
            OpenAIClient keeping = OpenAIOkHttpClient.builder().baseUrl(http.uri() + "/v1").apiKey("none").build();
            List<CompletionUsage> kept = new ArrayList<>();
            assertThat(conversation(keeping, kept)).isEqualTo(expected);
            keeping.close();
            assertThat(kept).hasSameSizeAs(plain);
            for (int i = 0; i < kept.size(); i++) {
                assertThat(kept.get(i).promptTokens()).isEqualTo(plain.get(i).promptTokens());
                if (i > 0) {
                    // All but the last token of the turn before, which was sampled and not computed, and what is new.
                    CompletionUsage before = kept.get(i - 1);
                    assertThat(cached(kept.get(i))).isEqualTo(before.promptTokens() + before.completionTokens() - 1);
                }
            }
        }
    }

    private static long cached(CompletionUsage usage) {
        return usage.promptTokensDetails().flatMap(CompletionUsage.PromptTokensDetails::cachedTokens).orElseThrow();
    }

    /** The answer; the tokens of each turn are added. */
    private static String conversation(OpenAIClient client, List<CompletionUsage> usages) {
        ChatCompletionCreateParams.Builder conversation = chatWithTools("What is the weather where Maria Lopez lives?")
                .promptCacheKey("conversation");
        List<String> called = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        ChatCompletionMessage answer;
        while (true) {
            ChatCompletion completion = client.chat().completions().create(conversation.build()).validate();
            usages.add(completion.usage().orElseThrow());
            answer = completion.choices().getFirst().message();
            List<ChatCompletionMessageToolCall> calls = answer.toolCalls().orElse(List.of());
            if (calls.isEmpty()) {
                assertThat(completion.choices().getFirst().finishReason())
                        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
                break;
            }
            assertThat(completion.choices().getFirst().finishReason())
                    .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            conversation.addMessage(answer);
            for (ChatCompletionMessageToolCall each : calls) {
                ChatCompletionMessageFunctionToolCall call = each.asFunction();
                assertThat(ids.add(call.id())).as("ids are unique over the conversation").isTrue();
                called.add(call.function().name() + call.function().arguments());
                conversation.addMessage(ChatCompletionToolMessageParam.builder().toolCallId(call.id())
                        .content(run(call.function())).build());
            }
        }
        assertThat(called).containsExactly("find_person{\"name\": \"Maria Lopez\"}", "get_weather{\"city\": \"Lima\"}");
        return answer.content().orElseThrow();
    }

    @Test
    void streamedCallsAccumulateToTheSameCalls() {
        ChatCompletionCreateParams params = chatWithTools("What is the weather in Oslo and in Rima?")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(chunk -> {
                chunks.add(chunk.validate());
                accumulator.accumulate(chunk);
            });
        }
        ChatCompletion streamed = accumulator.chatCompletion();
        ChatCompletion whole = client.chat().completions().create(chatWithTools(
                "What is the weather in Oslo and in Rima?").build());
        assertThat(calls(streamed)).isEqualTo(calls(whole)).hasSize(2);
        assertThat(streamed.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
                .isEqualTo(whole.usage().orElseThrow().completionTokens());
        assertThat(chunks.stream().map(ChatCompletionChunk::id).distinct()).hasSize(1);
    }

    private static List<String> calls(ChatCompletion completion) {
        return completion.choices().getFirst().message().toolCalls().orElseThrow().stream()
                .map(call -> call.asFunction().function().name() + call.asFunction().function().arguments()).toList();
    }

    @Test
    void streamedTextIsTheWholeText() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions()
                .createStreaming(chat("Tell me a joke").maxCompletionTokens(40).build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        ChatCompletion whole = client.chat().completions()
                .create(chat("Tell me a joke").maxCompletionTokens(40).build());
        assertThat(accumulator.chatCompletion().choices().getFirst().message().content())
                .isEqualTo(whole.choices().getFirst().message().content());
    }

    @Test
    void logProbabilities() {
        ChatCompletion completion = client.chat().completions().create(chat("Tell me a joke").logprobs(true)
                .topLogprobs(3).maxCompletionTokens(12).build());
        ChatCompletion.Choice choice = completion.choices().getFirst();
        List<ChatCompletionTokenLogprob> tokens = choice.logprobs().orElseThrow().content().orElseThrow();
        assertThat(String.join("", tokens.stream().map(ChatCompletionTokenLogprob::token).toList()))
                .isEqualTo(choice.message().content().orElseThrow());
        assertThat(tokens).allSatisfy(token -> {
            assertThat(token.logprob()).isLessThanOrEqualTo(0);
            assertThat(token.topLogprobs()).hasSize(3);
            // Greedy: the token is the most likely one.
            assertThat(token.topLogprobs().getFirst().token()).isEqualTo(token.token());
        });
    }

    @SuppressWarnings("deprecation") // The client's authors would have seeds go.
    @Test
    void severalAnswers() {
        ChatCompletion completion = client.chat().completions()
                .create(chat("Tell me a joke").n(3).seed(7).temperature(20).maxCompletionTokens(15).build());
        assertThat(completion.choices().stream().map(ChatCompletion.Choice::index)).containsExactly(0L, 1L, 2L);
        assertThat(completion.choices().stream().map(choice -> choice.message().content()).distinct())
                .hasSizeGreaterThan(1);
        ChatCompletionAccumulator streamed = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(
                chat("Tell me a joke").n(3).seed(7).temperature(20).maxCompletionTokens(15).build())) {
            stream.stream().forEach(streamed::accumulate);
        }
        assertThat(streamed.chatCompletion().choices().stream().map(choice -> choice.message().content()))
                .containsExactlyElementsOf(
                        completion.choices().stream().map(choice -> choice.message().content()).toList());
        ChatCompletion one = client.chat().completions()
                .create(chat("Tell me a joke").seed(7).temperature(20).maxCompletionTokens(15).build());
        assertThat(one.choices().getFirst().message().content())
                .isEqualTo(completion.choices().getFirst().message().content());
        assertThat(one.usage().orElseThrow().promptTokens())
                .isEqualTo(completion.usage().orElseThrow().promptTokens());
    }

    @Test
    void textCompletions() {
        CompletionCreateParams.Builder params = CompletionCreateParams.builder().model(SmallModel.ID)
                .prompt("The weather in").maxTokens(8).logprobs(2);
        Completion whole = client.completions().create(params.build()).validate();
        StringBuilder streamed = new StringBuilder();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(params.build())) {
            stream.stream().forEach(chunk -> streamed.append(chunk.choices().getFirst().text()));
        }
        assertThat(streamed).hasToString(whole.choices().getFirst().text()).isNotEmpty();
        assertThat(whole.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow()).isNotEmpty();
        Completion several = client.completions()
                .create(CompletionCreateParams.builder().model(SmallModel.ID)
                        .promptOfArrayOfTokenArrays(List.of(List.of(5L, 6L), List.of(7L))).maxTokens(3).build());
        assertThat(several.choices()).hasSize(2);
        assertThat(several.usage().orElseThrow().promptTokens()).isEqualTo(3);
    }

    @Test
    void models() {
        assertThat(client.models().list().data()).singleElement()
                .satisfies(served -> assertThat(served.validate().id()).isEqualTo(SmallModel.ID));
        assertThat(client.models().retrieve(SmallModel.ID).id()).isEqualTo(SmallModel.ID);
        assertThatThrownBy(() -> client.models().retrieve("gpt-5")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void structuredOutput() {
        ResponseFormatJsonSchema format = ResponseFormatJsonSchema.builder().jsonSchema(
                ResponseFormatJsonSchema.JsonSchema.builder().name("answer").strict(true)
                        .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty("properties",
                                        JsonValue.from(Map.of("degrees", Map.of("type", "integer"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("degrees")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false)).build())
                        .build())
                .build();
        ChatCompletion completion = client.chat().completions()
                .create(chat("What is the weather in Oslo?").responseFormat(format).maxCompletionTokens(60).build());
        JsonObject answer = JsonParser.parseString(completion.choices().getFirst().message().content().orElseThrow())
                .getAsJsonObject();
        assertThat(answer.keySet()).containsExactly("degrees");
        assertThat(answer.get("degrees").getAsString()).matches("-?\\d+");
    }

    @Test
    void toolsThatMustAndMustNotBeCalled() {
        ChatCompletion named = client.chat().completions().create(chatWithTools("Tell me a joke")
                .toolChoice(ChatCompletionNamedToolChoice.builder()
                        .function(ChatCompletionNamedToolChoice.Function.builder().name("find_person").build()).build())
                .parallelToolCalls(false).build());
        assertThat(calls(named)).singleElement().asString().startsWith("find_person{");
        ChatCompletion required = client.chat().completions().create(chatWithTools("Tell me a joke")
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED).build());
        assertThat(calls(required)).isNotEmpty();
        ChatCompletion none = client.chat().completions().create(chatWithTools("What is the weather in Oslo?")
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE).maxCompletionTokens(40).build());
        assertThat(none.choices().getFirst().message().toolCalls()).isEmpty();
    }

    @Test
    void errorsAreTheClientsOwn() {
        assertThatThrownBy(() -> client.chat().completions().create(chat("Hi").model("gpt-5").build()))
                .isInstanceOfSatisfying(NotFoundException.class, e -> {
                    assertThat(e.code()).contains("model_not_found");
                    assertThat(e.param()).contains("model");
                    assertThat(e.type()).contains("invalid_request_error");
                });
        assertThatThrownBy(() -> client.chat().completions().create(chat("Hi").topP(7).build()))
                .isInstanceOfSatisfying(BadRequestException.class, e -> {
                    assertThat(e.param()).contains("top_p");
                    assertThat(e.getMessage()).contains("7.0");
                });
        assertThatThrownBy(() -> client.chat().completions().create(chat("word ".repeat(3_000)).build()))
                .isInstanceOfSatisfying(OpenAIServiceException.class,
                        e -> assertThat(e.code()).contains("context_length_exceeded"));
    }
}
