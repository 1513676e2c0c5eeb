package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import io.augserve.request.CallRule;
import io.augserve.request.ChatMessage;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputConstraint;
import io.augserve.request.Prompt;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What becomes of requests and their parameters. */
class RequestTranslatorTest {
    private static final SamplingOptions ENGINES = SamplingOptions.builder().temperature(0.7).topP(0.8).topK(20)
            .maxTokens(64).build();
    private static final ToolSpecification WEATHER = ToolSpecification.builder().name("get_weather")
            .description("Get the current weather in a city.")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build()).build();
    private static final ToolSpecification CLOCK = ToolSpecification.builder().name("clock").build();

    private final RequestTranslator translator = new RequestTranslator("small", ENGINES, false);

    private GenerationRequest with(ChatRequestParameters parameters) {
        return translator.translate(
                ChatRequest.builder().messages(UserMessage.from("hello")).parameters(parameters).build());
    }

    private List<ChatMessage> conversation(dev.langchain4j.data.message.ChatMessage... messages) {
        Prompt prompt = translator.translate(ChatRequest.builder().messages(messages).build()).prompt();
        return ((Prompt.Chat) prompt).messages();
    }

    @Test
    void whatStaysOpenIsAsTheEngineHasIt() {
        assertThat(with(ChatRequestParameters.builder().temperature(0.0).build()).sampling())
                .contains(ENGINES.toBuilder().temperature(0).build());
    }

    @Test
    void everyParameterArrives() {
        GenerationRequest request = with(AugServeChatRequestParameters.builder().modelName("small").temperature(1.5)
                .topP(0.5).topK(3).frequencyPenalty(0.25).presencePenalty(-0.5).maxOutputTokens(7)
                .stopSequences("END", "STOP").sessionKey("maria").priority(2).seed(42)
                .serviceLevel(new ServiceLevel(Duration.ofSeconds(2), Duration.ofMillis(50))).build());
        SamplingOptions sampling = request.sampling().orElseThrow();
        assertThat(sampling).isEqualTo(SamplingOptions.builder().temperature(1.5).topP(0.5).topK(3)
                .frequencyPenalty(0.25).presencePenalty(-0.5).maxTokens(7).stopStrings("END", "STOP").seed(42).build());
        assertThat(sampling.seed()).isEqualTo(OptionalLong.of(42));
        assertThat(request.sessionKey()).contains("maria");
        assertThat(request.priority()).isEqualTo(2);
        assertThat(request.serviceLevel())
                .contains(new ServiceLevel(Duration.ofSeconds(2), Duration.ofMillis(50)));
        assertThat(request.constraint()).isEqualTo(OutputConstraint.NONE);
    }

    @Test
    void toolsAreTheCallersAndTheServersOwnAreForbidden() {
        GenerationRequest request = with(ChatRequestParameters.builder().toolSpecifications(WEATHER, CLOCK).build());
        assertThat(request.tools()).contains(List.of());
        assertThat(request.declared()).containsExactly(
                new ToolSpec("get_weather", "Get the current weather in a city.",
                        "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"),
                new ToolSpec("clock", "", "{\"type\":\"object\",\"properties\":{}}"));
    }

    @Test
    void aToolChoiceIsARuleOfCalls() {
        ChatRequestParameters tools = ChatRequestParameters.builder().toolSpecifications(WEATHER, CLOCK).build();
        assertThat(with(tools.overrideWith(choice(ToolChoice.REQUIRED))).constraint().calls())
                .isEqualTo(CallRule.REQUIRED);
        assertThat(with(tools.overrideWith(choice(ToolChoice.AUTO))).constraint().calls()).isEqualTo(CallRule.FREE);
        assertThat(with(tools.overrideWith(choice(ToolChoice.NONE))).declared()).isEmpty();
        assertThat(with(ChatRequestParameters.builder().toolSpecifications(WEATHER).toolChoice(ToolChoice.REQUIRED)
                .build()).constraint().calls()).isEqualTo(new CallRule.Named("get_weather"));
    }

    private static ChatRequestParameters choice(ToolChoice choice) {
        return ChatRequestParameters.builder().toolChoice(choice).build();
    }

    @Test
    void oneStrictToolMakesAllArgumentsStrict() {
        ToolSpecification strict = CLOCK.toBuilder().strict(true).build();
        assertThat(with(ChatRequestParameters.builder().toolSpecifications(WEATHER, strict).build()).constraint())
                .isEqualTo(OutputConstraint.strictCalls());
        RequestTranslator always = new RequestTranslator("small", ENGINES, true);
        ToolSpecification never = CLOCK.toBuilder().strict(false).build();
        ChatRequest.Builder hello = ChatRequest.builder().messages(UserMessage.from("hello"));
        assertThat(always.translate(hello.toolSpecifications(WEATHER).build()).constraint().strictArguments()).isTrue();
        assertThat(always.translate(hello.toolSpecifications(never).build()).constraint().strictArguments()).isFalse();
    }

    @Test
    void aResponseFormatIsASchemaOfAnswers() {
        JsonSchema schema = JsonSchema.builder().name("Person").rootElement(JsonObjectSchema.builder()
                .addStringProperty("name", "first and last").addIntegerProperty("age").addNumberProperty("height")
                .addBooleanProperty("member").addEnumProperty("mood", List.of("good", "bad"))
                .addProperty("children",
                        JsonArraySchema.builder().items(JsonReferenceSchema.builder().reference("child").build())
                                .build())
                .addProperty("nick",
                        JsonAnyOfSchema.builder().anyOf(new JsonStringSchema(), new JsonNullSchema()).build())
                .required("name", "age").additionalProperties(false)
                .definitions(java.util.Map.of("child", JsonObjectSchema.builder().build())).build()).build();
        assertThat(with(ChatRequestParameters.builder().responseFormat(schema).build()).constraint().answerSchema())
                .contains("""
                        {"type":"object","properties":{\
                        "name":{"type":"string","description":"first and last"},\
                        "age":{"type":"integer"},"height":{"type":"number"},"member":{"type":"boolean"},\
                        "mood":{"type":"string","enum":["good","bad"]},\
                        "children":{"type":"array","items":{"$ref":"#/$defs/child"}},\
                        "nick":{"anyOf":[{"type":"string"},{"type":"null"}]}},\
                        "required":["name","age"],"additionalProperties":false,\
                        "$defs":{"child":{"type":"object"}}}""");
        assertThat(with(ChatRequestParameters.builder().responseFormat(ResponseFormat.JSON).build()).constraint())
                .isEqualTo(OutputConstraint.answer("{\"type\":\"object\"}"));
        assertThat(with(ChatRequestParameters.builder().responseFormat(ResponseFormat.TEXT).build()).constraint())
                .isEqualTo(OutputConstraint.NONE);
    }

    @Test
    void resultsStandInTheOrderOfTheirCalls() {
        ToolExecutionRequest oslo = ToolExecutionRequest.builder().id("a").name("get_weather")
                .arguments("{\"city\":\"Oslo\"}").build();
        ToolExecutionRequest time = ToolExecutionRequest.builder().id("b").name("clock").arguments("").build();
        ToolExecutionResultMessage failed = ToolExecutionResultMessage.builder().id("a").toolName("get_weather")
                .text("no such city").isError(true).build();
        assertThat(conversation(SystemMessage.from("Be brief."),
                UserMessage.from(TextContent.from("one"), TextContent.from("two")), AiMessage.from(oslo, time),
                ToolExecutionResultMessage.from(time, "10:14"), failed, AiMessage.from("Sorry.")))
                .containsExactly(ChatMessage.system("Be brief."), ChatMessage.user("one\ntwo"),
                        ChatMessage.assistant("", new ToolCall("a", "get_weather", "{\"city\":\"Oslo\"}"),
                                new ToolCall("b", "clock", "{}")),
                        ChatMessage.tool("error: no such city"), ChatMessage.tool("10:14"),
                        ChatMessage.assistant("Sorry."));
    }

    @Test
    void ownParametersSurviveBothWaysOfCombining() {
        AugServeChatRequestParameters own = AugServeChatRequestParameters.builder().sessionKey("maria").priority(1)
                .temperature(0.1).build();
        ChatRequestParameters common = ChatRequestParameters.builder().temperature(0.9).topK(5).build();
        AugServeChatRequestParameters over = own.overrideWith(common);
        assertThat(over.sessionKey()).contains("maria");
        assertThat(over.temperature()).isEqualTo(0.9);
        assertThat(common.overrideWith(own)).isEqualTo(own.defaultedBy(common))
                .isEqualTo(AugServeChatRequestParameters.builder().sessionKey("maria").priority(1).temperature(0.1)
                        .topK(5).build())
                .isNotEqualTo(over);
        assertThat(own.overrideWith(AugServeChatRequestParameters.builder().sessionKey("omar").build()).sessionKey())
                .contains("omar");
    }

    @Test
    void aMemoryIdIsASessionKeyUnlessItNamesNobody() {
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("hello")).temperature(0.5).build();
        ChatRequestParameters keyed = SessionKeys.byMemoryId().apply(request, 17).parameters();
        assertThat(keyed).isEqualTo(AugServeChatRequestParameters.builder().temperature(0.5).sessionKey("17").build());
        assertThat(SessionKeys.byMemoryId().apply(request, "default")).isSameAs(request);
        assertThat(Optional.ofNullable(SessionKeys.byMemoryId().apply(request, null))).containsSame(request);
    }
}
