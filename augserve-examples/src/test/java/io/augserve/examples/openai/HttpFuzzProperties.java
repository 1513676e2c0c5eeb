package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Requests that were right until something in them was changed: an answer, or an error that is the client's, and nothing of it stays. */
class HttpFuzzProperties {
    private static final List<String> WORDS = List.of("", "user", "tool", "function", "required", "tiny-tools", "x",
            "get_weather", "\uD83D\uDE00\uD83D", "<|im_end|>", "{\"a\": 1}", "json_schema");
    private static final String SEED = """
            {"model": "tiny-tools", "messages": [{"role": "system", "content": "a"}, {"role": "user", "content": [{"type": "text", "text":
            "b"}]}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name":
            "get_weather", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "d"}], "tools": %s, "tool_choice": "auto",
            "parallel_tool_calls": true, "response_format": {"type": "text"}, "stop": ["x"], "seed": 1, "temperature": 0.5, "top_p": 0.9,
            "max_tokens": 3, "presence_penalty": 0.1, "frequency_penalty": 0.1, "logit_bias": {"5": 1}, "logprobs": true, "top_logprobs": 2,
            "n": 2, "stream": false, "user": "u", "prompt_cache_key": "k", "top_k": 5, "min_p": 0.1, "repetition_penalty": 1.1}"""
            .formatted(SmallModel.TOOLS);
    private static final String TEXT_SEED = """
            {"model": "tiny-tools", "prompt": ["a", [5, 6]], "max_tokens": 3, "logprobs": 1, "n": 2, "stop": "x", "seed": 3, "echo": false}""";
    private static SmallModel model;

    @BeforeContainer
    static void open() throws IOException {
        model = SmallModel.open();
    }

    @AfterContainer
    static void close() {
        model.close();
    }

    @Example
    void theSeedsAreServed() throws Exception {
        assertThat(model.post("/v1/chat/completions", SEED).statusCode()).isEqualTo(200);
        assertThat(model.post("/v1/completions", TEXT_SEED).statusCode()).isEqualTo(200);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void changedRequests(@ForAll long seed, @ForAll boolean chat) throws Exception {
        Random random = new Random(seed);
        JsonElement body = JsonParser.parseString(chat ? SEED : TEXT_SEED);
        for (int i = 0; i <= random.nextInt(3); i++) {
            change(body, random);
        }
        expectAnswer(chat ? "/v1/chat/completions" : "/v1/completions", body.toString());
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void damagedTexts(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder body = new StringBuilder(SEED);
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(body.length());
            switch (random.nextInt(3)) {
                case 0 -> body.deleteCharAt(at);
                case 1 -> body.setCharAt(at, (char) random.nextInt(0x250));
                default -> body.setLength(Math.max(1, at));
            }
        }
        expectAnswer("/v1/chat/completions", body.toString());
    }

    private static void expectAnswer(String path, String body) throws Exception {
        var response = model.post(path, body);
        assertThat(response.statusCode()).as(body + "\n" + response.body()).isBetween(200, 499);
        if (response.statusCode() >= 400) {
            assertThat(JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonObject("error").keySet())
                    .containsExactly("message", "type", "param", "code");
        }
        model.awaitEmpty();
    }

    /** Something, somewhere in the tree, becomes something else or goes away. */
    private static void change(JsonElement root, Random random) {
        List<Runnable> changes = new ArrayList<>();
        collect(root, random, changes);
        changes.get(random.nextInt(changes.size())).run();
    }

    private static void collect(JsonElement element, Random random, List<Runnable> changes) {
        switch (element) {
            case JsonObject object -> {
                for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                    String name = entry.getKey();
                    changes.add(() -> object.add(name, anything(random)));
                    changes.add(() -> object.remove(name));
                    collect(entry.getValue(), random, changes);
                }
            }
            case JsonArray array -> {
                for (int i = 0; i < array.size(); i++) {
                    int index = i;
                    changes.add(() -> array.set(index, anything(random)));
                    changes.add(() -> array.add(array.get(index).deepCopy()));
                    collect(array.get(i), random, changes);
                }
            }
            default -> {
                // Changed where it stands.
            }
        }
    }

    private static JsonElement anything(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> new JsonPrimitive(random.nextBoolean());
            case 2 -> new JsonPrimitive(random.nextInt(200) - 100);
            case 3 -> new JsonPrimitive(random.nextGaussian() * Math.pow(10, random.nextInt(300)));
            case 4 -> new JsonArray();
            case 5 -> new JsonObject();
            case 6 -> new JsonPrimitive(Long.MAX_VALUE - random.nextInt(3));
            default -> new JsonPrimitive(WORDS.get(random.nextInt(WORDS.size())));
        };
    }
}
