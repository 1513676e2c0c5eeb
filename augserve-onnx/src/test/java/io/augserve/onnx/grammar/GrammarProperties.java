package io.augserve.onnx.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.augserve.onnx.fixture.RandomSchemas;
import io.augserve.onnx.text.CallForm;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written along a schema's grammar is valid against the schema, says an implementation of JSON Schema that is not ours. */
class GrammarProperties {
    private static final List<String> WORDS = List.of("{\"", "\": ", "\", \"", "true", "null", "\"}", "]}", " [", "12",
            "a\"",
            "\\u00", "é", "\"name\"", "value", ", ");
    private static final byte[][] TOKENS = tokens();
    private static final JsonRules JSON = new JsonRules(Optional.empty());

    private static byte[][] tokens() {
        List<byte[]> tokens = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            tokens.add(new byte[]{(byte) i});
        }
        WORDS.forEach(word -> tokens.add(word.getBytes(StandardCharsets.UTF_8)));
        return tokens.toArray(byte[][]::new);
    }

    @Provide
    Arbitrary<String> schemas() {
        return RandomSchemas.nested(3);
    }

    @Property(tries = 300)
    void whatTheMaskLetsThroughIsValid(@ForAll("schemas") String schema, @ForAll long seed) {
        Automaton automaton = new Automaton(JsonSchema.compile(schema, JSON));
        TokenTrie trie = trie();
        Random random = new Random(seed);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        Automaton.State state = automaton.start();
        for (int step = 0; step < 400; step++) {
            int[] allowed = ids(allowed(trie, state));
            if (allowed.length == 0 || (state.mayEnd() && random.nextInt(3) == 0)) {
                break;
            }
            byte[] token = TOKENS[choose(allowed, random, step)];
            text.writeBytes(token);
            for (byte each : token) {
                state = state.after(each & 0xff);
            }
            assertThat(state.isDead()).isFalse();
        }
        assertThat(state.mayEnd()).as("it can always come to an end: %s for %s", text, schema).isTrue();
        String json = text.toString(StandardCharsets.UTF_8);
        assertThat(JsonParser.parseString(json)).isNotNull();
        Schema judge = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
        assertThat(judge.validate(json, InputFormat.JSON)).as("%s against %s", json, schema).isEmpty();
    }

    @Property(tries = 200)
    void theTreeFindsWhatTheAutomatonReads(@ForAll("schemas") String schema, @ForAll long seed) {
        Automaton automaton = new Automaton(JsonSchema.compile(schema, JSON));
        TokenTrie trie = trie();
        Random random = new Random(seed);
        Automaton.State state = automaton.start();
        for (int step = 0; step < 12; step++) {
            long[] mask = allowed(trie, state);
            for (int id = 0; id < TOKENS.length; id++) {
                Automaton.State after = state;
                for (byte each : TOKENS[id]) {
                    after = after.after(each & 0xff);
                }
                assertThat((mask[id >> 6] >> id & 1) == 1).as("token %s", id).isEqualTo(!after.isDead());
            }
            int[] allowed = ids(mask);
            if (allowed.length == 0) {
                return;
            }
            for (byte each : TOKENS[allowed[random.nextInt(allowed.length)]]) {
                state = state.after(each & 0xff);
            }
        }
    }

    /** Masks are put together from what stretches share; they must be what the automaton reads, and the end where it may come. */
    @Property(tries = 200)
    void masksAreWhatTheAutomatonReads(@ForAll("schemas") String schema, @ForAll boolean answer, @ForAll long seed) {
        ToolSpec tool = new ToolSpec("t", "",
                "{\"properties\": {\"a\": " + schema
                        + ", \"b\": {\"type\": \"string\", \"minLength\": 3, \"maxLength\": 40}}}");
        OutputConstraint constraint = answer
                ? OutputConstraint.answer("{\"type\": [\"string\", \"object\"]}")
                : OutputConstraint.strictCalls();
        Rule turn = new TurnRules(constraint, List.of(tool), new CallForm.Tagged("\u00e9a", "]}")).first()
                .orElseThrow();
        Vocabulary vocabulary = new Vocabulary(TOKENS.length + 2, id -> id < TOKENS.length ? TOKENS[id] : new byte[0],
                Set.of(TOKENS.length));
        Grammar.Turn reader = new Grammar(turn, vocabulary).begin();
        Automaton.State state = new Automaton(turn).start();
        Random random = new Random(seed);
        for (int step = 0; step < 40; step++) {
            TokenMask mask = reader.mask();
            float[] logits = new float[TOKENS.length + 2];
            mask.apply(logits);
            assertThat(mask.allows(TOKENS.length)).as("the end").isEqualTo(state.mayEnd());
            assertThat(mask.allows(TOKENS.length + 1)).as("no text and no end").isFalse();
            for (int id = 0; id < logits.length; id++) {
                assertThat(logits[id] == 0).isEqualTo(mask.allows(id));
                assertThat(mask.allows(id)).as("token %s", id)
                        .isEqualTo(
                                id < TOKENS.length ? !read(state, id).isDead() : id == TOKENS.length && state.mayEnd());
            }
            int[] allowed = IntStream.range(0, TOKENS.length).filter(mask::allows).toArray();
            if (allowed.length == 0) {
                assertThat(mask.isEmpty()).isEqualTo(!state.mayEnd());
                return;
            }
            int next = allowed[random.nextInt(allowed.length)];
            reader.push(next);
            state = read(state, next);
        }
    }

    private static Automaton.State read(Automaton.State state, int token) {
        Automaton.State after = state;
        for (byte each : TOKENS[token]) {
            after = after.after(each & 0xff);
        }
        return after;
    }

    private static TokenTrie trie() {
        return new TokenTrie(IntStream.range(0, TOKENS.length), id -> TOKENS[id]);
    }

    private static long[] allowed(TokenTrie trie, Automaton.State state) {
        BitSet found = new BitSet(TOKENS.length);
        trie.walk(state, found::set);
        return Arrays.copyOf(found.toLongArray(), (TOKENS.length + 63) / 64);
    }

    /** Later on, what ends strings, numbers and arrays soon, so that every walk comes to an end. */
    private static int choose(int[] allowed, Random random, int step) {
        if (step > 60) {
            for (byte closing : "\"}],:".getBytes(StandardCharsets.UTF_8)) {
                for (int id : allowed) {
                    if (id == closing) {
                        return id;
                    }
                }
            }
        }
        return allowed[random.nextInt(allowed.length)];
    }

    private static int[] ids(long[] mask) {
        return BitSet.valueOf(mask).stream().toArray();
    }
}
