package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import io.augserve.onnx.fixture.RandomSchemas;
import io.augserve.onnx.grammar.Constraints;
import io.augserve.onnx.grammar.Grammar;
import io.augserve.onnx.grammar.TokenMask;
import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written along a grammar of turns, the chat format's own parser reads as it was meant. */
class ConstrainedTurnsProperties {
    private static final SchemaRegistry JUDGES = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final String ANSWER = "{\"type\": \"object\", \"properties\": {\"say\": {\"type\": \"string\"}}, \"required\": [\"say\"]}";
    private static final OutputConstraint STRICT = OutputConstraint.strictCalls();

    /** Chat formats: calls between tags, the tags as special tokens or not, and calls at the beginning. */
    enum Speaker {
        HERMES(TestTokenizers.QWEN, new ChatMlTemplate("", false, ThinkingRules.NONE), "<|im_end|>"), LLAMA3(
                TestTokenizers.LLAMA3, new Llama3Template(true, "today"), "<|eot_id|>");

        private final Tokenizer tokenizer;
        private final TemplateChatFormat format;
        private final int end;

        Speaker(Tokenizer tokenizer, ChatTemplate template, String end) {
            this.tokenizer = tokenizer;
            this.format = new TemplateChatFormat(template, tokenizer);
            this.end = tokenizer.addedToken(end).orElseThrow().id();
        }
    }

    /** A turn as it was decoded. */
    private record Turn(String text, List<ParsedCall> calls) {}

    @Provide
    Arbitrary<String> schemas() {
        return RandomSchemas.nested(1);
    }

    @Property(tries = 150)
    void strictCallsAreReadAndValid(@ForAll Speaker speaker, @ForAll boolean required, @ForAll boolean single,
            @ForAll("schemas") String schema, @ForAll long seed) {
        ToolSpec tool = new ToolSpec("look_up", "", "{\"type\": \"object\", \"properties\": {\"what\": " + schema
                + "}, \"required\": [\"what\"]}");
        OutputConstraint constraint = required ? STRICT.withCalls(CallRule.REQUIRED) : STRICT;
        Turn turn = turn(speaker, single ? constraint.withSingleCalls() : constraint, tool, seed);
        Schema judge = JUDGES.getSchema(tool.parametersSchema());
        assertThat(turn.calls()).allSatisfy(call -> {
            assertThat(call).isInstanceOf(ParsedCall.Valid.class);
            assertThat(judge.validate(((ParsedCall.Valid) call).arguments(), InputFormat.JSON)).as("%s", call)
                    .isEmpty();
        });
        if (required) {
            assertThat(turn.calls()).isNotEmpty();
            assertThat(turn.text()).isEmpty();
        }
        if (single) {
            assertThat(turn.calls()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Property(tries = 60)
    void answersAreNeverTakenForCalls(@ForAll Speaker speaker, @ForAll long seed) {
        ToolSpec tool = new ToolSpec("look_up", "", "{\"type\": \"object\"}");
        Turn turn = turn(speaker, STRICT.withAnswerSchema(ANSWER), tool, seed);
        if (turn.calls().isEmpty()) {
            assertThat(JUDGES.getSchema(ANSWER).validate(turn.text(), InputFormat.JSON)).as(turn.text()).isEmpty();
        } else {
            assertThat(turn.text()).isEmpty();
            assertThat(turn.calls()).hasOnlyElementsOfType(ParsedCall.Valid.class);
        }
    }

    private static Turn turn(Speaker speaker, OutputConstraint constraint, ToolSpec tool, long seed) {
        int size = speaker.tokenizer.vocabularySize();
        EngineSpec spec = new EngineSpec("test", size, 4096, Set.of(speaker.end), 512, 16, SamplingOptions.greedy());
        Grammar.Turn written = new Constraints(spec, Optional.of(speaker.format)).of(constraint, List.of(tool)).first()
                .orElseThrow().begin();
        TurnDecoder decoder = speaker.format.newDecoder(true);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<ParsedCall> calls = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            TokenMask mask = written.mask();
            int token = choose(speaker, mask, random, i > 80);
            if (token == speaker.end) {
                TurnPiece rest = decoder.finish();
                calls.addAll(rest.calls());
                return new Turn(text + rest.text(), calls);
            }
            written.push(token);
            TurnPiece piece = decoder.push(token);
            text.append(piece.text());
            calls.addAll(piece.calls());
        }
        throw new AssertionError("no end: " + text);
    }

    /** Any token that is allowed; what begins calls and what is in tags more often than chance has it, and later on what closes. */
    private static int choose(Speaker speaker, TokenMask mask, Random random, boolean late) {
        if (late && mask.allows(speaker.end)) {
            return speaker.end;
        }
        List<String> likely = late ? List.of("\"", "}", "]") : List.of("<", "{", "tool", "_call", ">", "|", "\"");
        if (late || random.nextInt(3) == 0) {
            for (String each : likely) {
                int id = speaker.tokenizer.encodeText(each)[0];
                if (mask.allows(id) && (late || random.nextBoolean())) {
                    return id;
                }
            }
        }
        int[] allowed = IntStream.range(0, speaker.tokenizer.vocabularySize()).filter(mask::allows).toArray();
        return allowed[random.nextInt(allowed.length)];
    }
}
