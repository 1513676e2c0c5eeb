package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.augserve.AugServe;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.request.CallRule;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputConstraint;
import io.augserve.request.OutputToken;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.SamplingOptions;
import io.augserve.request.SegmentResult;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The small model under constraints, so hot that it would hardly ever keep them by itself. Somebody else's validator is the judge. */
@Timeout(300)
class ConstrainedOutputTest {
    private static final SchemaRegistry JUDGES = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final OutputConstraint STRICT = OutputConstraint.strictCalls();
    private static final List<HeldOut> QUESTIONS = HeldOut.all().stream().filter(HeldOut::withTools).toList();
    private static final Map<String, Schema> ARGUMENTS = HeldOut.specs().stream()
            .collect(Collectors.toMap(ToolSpec::name, spec -> JUDGES.getSchema(spec.parametersSchema())));
    private static final String PLACE = """
            {"type": "object", "properties": {"city": {"type": "string", "maxLength": 12}, "degrees": {"type": "integer"},
             "sky": {"enum": ["sun", "rain"]}}, "required": ["city", "sky"], "additionalProperties": false}""";

    private static AugServe server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = AugServe.builder(OnnxEngine.open(HeldOut.model())).build();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static SamplingOptions.Builder hot(long seed) {
        return SamplingOptions.builder().temperature(3).seed(seed).maxTokens(200);
    }

    private static GenerationRequest.Builder question(int i) {
        HeldOut heldOut = QUESTIONS.get(i % QUESTIONS.size());
        return GenerationRequest.chat(heldOut.prompt()).tools(heldOut.tools()).sampling(hot(i).build());
    }

    private static List<GenerationResult> ask(int count,
            Function<GenerationRequest.Builder, GenerationRequest.Builder> more) {
        List<Generation> generations = IntStream.range(0, count)
                .mapToObj(i -> server.submit(more.apply(question(i)).build())).toList();
        return generations.stream().map(Generation::join).toList();
    }

    /** Turns that were not cut off by the token limit. */
    private static Stream<SegmentResult> wholeTurns(GenerationResult result) {
        boolean cut = result.finishReason() == FinishReason.LENGTH;
        return result.segments().subList(0, result.segments().size() - (cut ? 1 : 0)).stream();
    }

    private static boolean isValid(ToolCall call) {
        return ARGUMENTS.containsKey(call.name())
                && ARGUMENTS.get(call.name()).validate(call.arguments(), InputFormat.JSON).isEmpty();
    }

    private static List<ToolCall> calls(List<GenerationResult> results) {
        return results.stream().flatMap(ConstrainedOutputTest::wholeTurns).flatMap(turn -> turn.calls().stream())
                .toList();
    }

    private static void assertAllValid(List<ToolCall> calls, int atLeast) {
        assertThat(calls).hasSizeGreaterThan(atLeast).allMatch(ConstrainedOutputTest::isValid);
    }

    @Test
    void strictCallsAreValidHoweverHotTheyAreDrawn() {
        List<ToolCall> free = calls(ask(100, request -> request));
        List<ToolCall> strict = calls(ask(100, request -> request.constraint(STRICT)));
        long valid = free.stream().filter(ConstrainedOutputTest::isValid).count();
        System.out.println("valid calls: " + valid + " of " + free.size() + " free, "
                + strict.stream().filter(ConstrainedOutputTest::isValid).count() + " of " + strict.size() + " strict");
        assertThat(valid).as("calls that the model gets wrong by itself").isLessThan(free.size());
        assertAllValid(strict, 50);
    }

    @Test
    void strictCallsOfTheGreedyModelAreWhatTheyWere() {
        for (int i = 0; i < 60; i++) {
            HeldOut heldOut = QUESTIONS.get(i);
            GenerationRequest.Builder request = GenerationRequest.chat(heldOut.prompt()).tools(heldOut.tools());
            GenerationResult free = server.submit(request.build()).join();
            GenerationResult strict = server.submit(request.constraint(STRICT).build()).join();
            assertThat(strict.segments()).isEqualTo(free.segments());
        }
    }

    @Test
    void requiredCallsAreMadeInTheFirstTurnAlone() {
        List<GenerationResult> results = ask(60,
                request -> request.constraint(STRICT.withCalls(CallRule.REQUIRED)));
        assertAllValid(calls(results), 30);
        assertThat(results).allSatisfy(result -> {
            List<SegmentResult> turns = wholeTurns(result).toList();
            assertThat(turns.isEmpty() || !turns.getFirst().calls().isEmpty()).isTrue();
            assertThat(result.segments().getFirst().text()).isEmpty();
        });
        assertThat(results).as("later turns are free to answer").anySatisfy(result -> {
            assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(result.segments().getLast().calls()).isEmpty();
        });
    }

    @Test
    void aNamedToolIsTheOneThatIsCalled() {
        List<GenerationResult> results = ask(40,
                request -> request.constraint(STRICT.withCalls(new CallRule.Named("calculator"))));
        assertAllValid(calls(results), 20);
        assertThat(results.stream().filter(result -> result.segments().size() > 1)
                .flatMap(result -> result.segments().getFirst().calls().stream()))
                .isNotEmpty().allMatch(call -> call.name().equals("calculator"));
    }

    @Test
    void singleCallsAreSingle() {
        List<GenerationResult> results = ask(60,
                request -> request.constraint(STRICT.withSingleCalls().withCalls(CallRule.REQUIRED)));
        assertAllValid(calls(results), 30);
        assertThat(results.stream().flatMap(ConstrainedOutputTest::wholeTurns))
                .allMatch(turn -> turn.calls().size() <= 1);
    }

    @Test
    void answersFollowTheirSchemaWithToolsAndWithout() {
        Schema judge = JUDGES.getSchema(PLACE);
        OutputConstraint constraint = STRICT.withAnswerSchema(PLACE);
        for (boolean tools : List.of(true, false)) {
            List<GenerationResult> results = ask(60,
                    request -> (tools ? request : request.tools()).constraint(constraint));
            List<GenerationResult> ended = results.stream()
                    .filter(result -> result.finishReason() == FinishReason.STOP).toList();
            assertThat(ended).hasSizeGreaterThan(20).allSatisfy(
                    result -> assertThat(judge.validate(result.text(), InputFormat.JSON)).as(result.text()).isEmpty());
            assertThat(calls(results)).allMatch(ConstrainedOutputTest::isValid);
            assertThat(
                    results.stream().flatMap(ConstrainedOutputTest::wholeTurns).filter(turn -> !turn.calls().isEmpty()))
                    .allMatch(turn -> turn.text().isEmpty());
        }
    }

    @Test
    void pastTheEndThereIsNothingButTheEnd() {
        GenerationResult result = server.submit(GenerationRequest.chat("hello").tools()
                .sampling(SamplingOptions.builder().ignoreEnd(true).maxTokens(12).build())
                .constraint(OutputConstraint.answer("{\"const\": 1}")).build()).join();
        assertThat(result.text()).isEqualTo("1");
        assertThat(result.tokens()).hasSize(12);
        assertThat(result.tokens().subList(1, 12)).allMatch(token -> token.token() >= 1017 && token.token() <= 1019);
    }

    @Test
    void logProbabilitiesAreThoseOfWhatIsLeft() {
        GenerationResult result = server.submit(GenerationRequest.chat("hello").tools()
                .sampling(SamplingOptions.builder().logProbs(5).build())
                .constraint(OutputConstraint.answer("{\"enum\": [true, false]}")).build()).join();
        OutputToken first = result.tokens().getFirst();
        double sum = first.top().stream().mapToDouble(top -> Math.exp(top.logProb())).sum();
        assertThat(first.top()).hasSizeLessThanOrEqualTo(5);
        assertThat(sum).as("few ways to begin true or false have all the probability").isBetween(0.99, 1.0001);
    }

    @Test
    void whatCanNotBeKeptIsRefusedAtTheDoor() throws Exception {
        assertThatThrownBy(() -> server.submit(question(0)
                .constraint(OutputConstraint.answer("{\"properties\": {\"a\": {\"not\": {}}}}")).build()))
                .isInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("schema, #/properties/a/not: expected one of");
        Tool odd = Tool.of("odd", "", "{\"type\": \"object\", \"patternProperties\": {}}", arguments -> "");
        assertThatThrownBy(() -> server.submit(GenerationRequest.chat("a").tools(odd).constraint(STRICT).build()))
                .isInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("tool 'odd', schema, #/patternProperties");

        RandomCheckpoint.of(RandomCheckpoint.Family.LLAMA).writeTo(folder);
        try (AugServe bare = AugServe.builder(OnnxEngine.builder(folder).warmUp(false).build()).build()) {
            assertThatThrownBy(() -> bare.submit(GenerationRequest.tokens(1)
                    .constraint(OutputConstraint.answer("true")).build()))
                    .isInstanceOf(RequestRejectedException.class).hasMessageContaining("has no tokenizer");
        }
    }
}
