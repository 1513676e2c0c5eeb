package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.TurnDecoder;
import io.augserve.onnx.fixture.Allocated;
import io.augserve.onnx.fixture.RandomSchemas;
import io.augserve.onnx.fixture.TestSequence;
import io.augserve.onnx.grammar.Constraints;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.text.CallForm;
import io.augserve.onnx.text.ChatFormats;
import io.augserve.onnx.text.ReadableFormat;
import io.augserve.onnx.text.Tokenizer;
import io.augserve.request.CallRule;
import io.augserve.request.ChatMessage;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Steps of sampling whose logits are noise: nothing but the constraint leads to an answer. */
class ConstrainedSamplingProperties {
    private static final int VOCABULARY = 1024;
    private static final int END = 1019;
    private static final SchemaRegistry JUDGES = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Tokenizer TOKENIZER = Tokenizer.load(HeldOut.model());
    private static final ChatFormat FORMAT = ChatFormats.detect(HeldOut.model(), TOKENIZER);
    private static final EngineSpec SPEC = new EngineSpec("noise", VOCABULARY, 4096, Set.of(END), 512, 16,
            SamplingOptions.greedy());

    private final Constraints constraints = new Constraints(SPEC, Optional.of(FORMAT));

    private StepSampler newSampler(Workers workers) {
        return new StepSampler(workers, VOCABULARY, constraints);
    }

    @Provide
    Arbitrary<String> schemas() {
        return RandomSchemas.nested(2);
    }

    @Property(tries = 100)
    void answersDrawnFromNoiseFollowTheirSchema(@ForAll("schemas") String schema, @ForAll long seed) {
        Schema judge = JUDGES.getSchema(schema);
        try (Workers workers = new Workers(1)) {
            StepSampler sampler = newSampler(workers);
            TestSequence sequence = sequence(1, OutputConstraint.answer(schema), hot());
            Random random = new Random(seed);
            for (int i = 0; i < 600 && sequence.tokens.getLast() != END; i++) {
                // Whoever starts anew at any time reads the same from the tokens.
                StepSampler other = i % 7 == 3 ? newSampler(workers) : sampler;
                sequence.add(true, token(step(other, noise(random, i > 50), sequence).getFirst()));
            }
            assertThat(sequence.tokens.getLast()).isEqualTo(END);
            String answer = TOKENIZER.decode(
                    sequence.tokens.stream().skip(1).mapToInt(Integer::intValue).toArray());
            assertThat(judge.validate(answer, InputFormat.JSON)).as("%s against %s", answer, schema).isEmpty();
        }
    }

    @Property(tries = 30)
    void unconstrainedRowsAreWhatTheyAreWithoutConstrainedMates(@ForAll("schemas") String schema, @ForAll long seed) {
        SamplingOptions options = SamplingOptions.builder().temperature(0.9).topP(0.95).repetitionPenalty(1.1)
                .logProbs(3).build();
        try (Workers workers = new Workers(2)) {
            StepSampler together = newSampler(workers);
            StepSampler alone = newSampler(workers);
            TestSequence bound = sequence(1, OutputConstraint.answer(schema), hot());
            TestSequence free = sequence(2, OutputConstraint.NONE, options);
            TestSequence twin = sequence(2, OutputConstraint.NONE, options);
            Random random = new Random(seed);
            for (int i = 0; i < 20 && bound.tokens.getLast() != END; i++) {
                float[] two = noise(random, true);
                float[] rows = new float[2 * VOCABULARY];
                System.arraycopy(noise(random, true), 0, rows, 0, VOCABULARY);
                System.arraycopy(two, 0, rows, VOCABULARY, VOCABULARY);
                List<Sample> both = step(together, rows, bound, free);
                assertThat(both.get(1)).isEqualTo(step(alone, two, twin).getFirst());
                bound.add(true, token(both.getFirst()));
                free.add(true, token(both.get(1)));
                twin.add(true, token(both.get(1)));
            }
        }
    }

    @Test
    void turnsAreToldByTheTokensThatAreGiven() {
        OutputConstraint constraint = OutputConstraint.answer("{\"const\": 7}").withCalls(CallRule.REQUIRED);
        try (Workers workers = new Workers(1)) {
            StepSampler sampler = newSampler(workers);
            TestSequence sequence = sequence(1, constraint, SamplingOptions.greedy(),
                    HeldOut.specs().toArray(ToolSpec[]::new));
            for (int token : TOKENIZER
                    .encodeMarkup("<tool_call>\n{\"name\": \"calculator\", \"arguments\": {}}\n</tool_call>")) {
                assertThat(token(step(sampler, only('7', token), sequence).getFirst())).as("7 is no call")
                        .isEqualTo(token);
                sequence.add(true, token);
            }
            assertThat(token(step(sampler, only('7', END), sequence).getFirst())).isEqualTo(END);
            sequence.add(true, END);
            sequence.add(false, 5);
            int seven = TOKENIZER.encodeText("7")[0];
            assertThat(token(step(sampler, only('x', seven), sequence).getFirst())).as("an answer").isEqualTo(seven);
            sequence.add(true, seven);
            assertThat(token(step(newSampler(workers), only('7', END), sequence).getFirst())).isEqualTo(END);
        }
    }

    @Test
    void aDeadEndFailsItsSequenceAlone() {
        // Token 3 alone has text, which can not become JSON.
        ChatFormat format = new OneToken(FORMAT);
        Constraints poor = new Constraints(SPEC, Optional.of(format));
        try (Workers workers = new Workers(1)) {
            StepSampler sampler = new StepSampler(workers, VOCABULARY, poor);
            TestSequence stuck = sequence(1, OutputConstraint.answer("{\"type\": \"integer\"}"), hot());
            TestSequence free = sequence(2, OutputConstraint.NONE, hot());
            List<Sample> samples = step(sampler, new float[2 * VOCABULARY], stuck, free);
            assertThat(samples.getFirst()).isEqualTo(new Sample.Fault(
                    "no token of the vocabulary can follow the 1 known ones under the request's constraint"));
            assertThat(samples.get(1)).isInstanceOf(Sample.Token.class);
        }
    }

    @Test
    void masksAllocateNothingOnceTheyAreFound() {
        try (Workers workers = new Workers(1)) {
            StepSampler sampler = newSampler(workers);
            TestSequence bound = sequence(1, OutputConstraint.answer("{\"type\": \"string\"}"),
                    SamplingOptions.greedy());
            TestSequence free = sequence(2, OutputConstraint.NONE, SamplingOptions.greedy());
            int quote = TOKENIZER.encodeText("\"")[0];
            int letter = TOKENIZER.encodeText("a")[0];
            bound.add(true, quote);
            long[] bytes = new long[2];
            for (int i = 0; i < 300; i++) {
                bytes[0] = Allocated.during(() -> step(sampler, NOTHING, free));
                bytes[1] = Allocated.during(() -> step(sampler, NOTHING, bound));
                bound.add(true, letter);
                free.add(true, letter);
            }
            assertThat(bytes[1]).isLessThanOrEqualTo(bytes[0] + 64);
        }
    }

    /** A sequence of one given token. */
    private static TestSequence sequence(long id, OutputConstraint constraint, SamplingOptions sampling,
            ToolSpec... tools) {
        return new TestSequence(id, 5, sampling, constraint, List.of(tools)).add(false, 0);
    }

    private static final float[] NOTHING = new float[VOCABULARY];

    private static SamplingOptions hot() {
        return SamplingOptions.builder().temperature(1).build();
    }

    private static List<Sample> step(StepSampler sampler, float[] logits, TestSequence... sequences) {
        List<Slice> slices = new ArrayList<>();
        for (TestSequence sequence : sequences) {
            slices.add(new Slice(sequence, 0, sequence.length()));
        }
        return sampler.sample(new Batch(slices), MemorySegment.ofArray(logits));
    }

    private static int token(Sample sample) {
        return switch (sample) {
            case Sample.Token token -> token.output().token();
            case Sample.Fault fault -> throw new AssertionError(fault.reason());
        };
    }

    /** Later on, what closes strings, arrays and objects stands out. */
    private static float[] noise(Random random, boolean late) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        if (late) {
            for (String closing : List.of("\"", "}", "]")) {
                logits[TOKENIZER.encodeText(closing)[0]] += 20;
            }
            logits[END] += 30;
        }
        return logits;
    }

    /** The first is what the model would like best, the second comes next. */
    private static float[] only(char best, int next) {
        float[] logits = new float[VOCABULARY];
        logits[next] = 5;
        logits[TOKENIZER.encodeText(String.valueOf(best))[0]] = 10;
        return logits;
    }

    /** A format whose tokens have no text, but for one. */
    private record OneToken(ChatFormat format) implements ReadableFormat {
        @Override
        public CallForm callForm() {
            return new CallForm.Tagged("<", ">");
        }

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }

        @Override
        public byte[] bytes(int token) {
            return token == 3 ? new byte[]{'x'} : new byte[0];
        }

        @Override
        public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
            return format.encodeChat(messages, tools);
        }

        @Override
        public int[] encodeToolResults(List<ToolResult> results) {
            return format.encodeToolResults(results);
        }

        @Override
        public int[] encodeText(String text) {
            return format.encodeText(text);
        }

        @Override
        public TurnDecoder newDecoder(boolean tools) {
            return format.newDecoder(tools);
        }
    }
}
