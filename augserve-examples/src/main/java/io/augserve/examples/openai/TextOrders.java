package io.augserve.examples.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.augserve.engine.ChatFormat;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads text completions: a prompt is text or token ids, or several of them.
 *
 * @param model that is served
 * @param limits of what is taken
 */
record TextOrders(ModelCard model, HttpLimits limits) implements OrderReader {
    /** OpenAI's default. */
    private static final int MAX_TOKENS = 16;
    private static final int MOST_TOP = 20;
    private static final String PROMPT = "prompt";

    @Override
    public Order read(Fields body, Optional<String> session) {
        model.require(body);
        refuseOthers(body);
        boolean stream = body.flag("stream", false);
        OptionalInt top = body.integer("logprobs", 0, MOST_TOP).map(OptionalInt::of).orElse(OptionalInt.empty());
        int maxTokens = body.integer("max_tokens", 1, Integer.MAX_VALUE).orElse(MAX_TOKENS);
        SamplingOptions sampling = SamplingReader.read(body, model,
                Math.min(maxTokens, model.spec().maxContext()), top);
        int choices = body.integer("n", 1, limits.maxChoices()).orElse(1);
        Optional<String> key = body.string("prompt_cache_key").or(() -> session);
        List<int[]> prompts = prompts(body.required(PROMPT));
        if ((long) choices * prompts.size() > limits.maxChoices()) {
            throw ApiException.invalid(PROMPT,
                    "expected at most " + limits.maxChoices() + " answers in all, over all prompts.");
        }
        List<GenerationRequest> requests = prompts.stream()
                .flatMap(prompt -> OrderParts.copies(choices, sampling, own -> request(prompt, own, key)).stream())
                .toList();
        return new Order(requests, choices, stream, OrderParts.countsUsage(body, stream), top.isPresent(), PROMPT);
    }

    private static GenerationRequest request(int[] prompt, SamplingOptions sampling, Optional<String> key) {
        GenerationRequest.Builder request = GenerationRequest.tokens(prompt).id(Ids.next("cmpl-")).tools()
                .sampling(sampling);
        key.ifPresent(request::sessionKey);
        return request.build();
    }

    private List<int[]> prompts(JsonElement prompt) {
        if (!prompt.isJsonArray()) {
            return List.of(encoded(Fields.string(prompt, PROMPT)));
        }
        List<JsonElement> elements = prompt.getAsJsonArray().asList();
        if (elements.isEmpty()) {
            throw ApiException.invalid(PROMPT, "expected text or at least one token id.");
        }
        if (elements.getFirst() instanceof JsonPrimitive first && first.isNumber()) {
            return List.of(tokens(elements, PROMPT));
        }
        if (elements.size() > limits.maxChoices()) {
            throw ApiException.invalid(PROMPT, "expected at most " + limits.maxChoices() + " prompts.");
        }
        List<int[]> prompts = new ArrayList<>();
        for (JsonElement element : elements) {
            String path = PROMPT + "[" + prompts.size() + "]";
            prompts.add(element.isJsonArray()
                    ? tokens(element.getAsJsonArray().asList(), path)
                    : encoded(Fields.string(element, path)));
        }
        return prompts;
    }

    private int[] tokens(List<JsonElement> elements, String path) {
        if (elements.isEmpty()) {
            throw ApiException.invalid(path, "expected at least one token id.");
        }
        int most = model.spec().vocabularySize() - 1;
        return elements.stream().mapToInt(id -> Fields.integer(id, path, 0, most)).toArray();
    }

    private int[] encoded(String text) {
        ChatFormat format = model.format().orElseThrow(
                () -> ApiException.unsupported(PROMPT, "this model has no tokenizer here: expected token ids."));
        try {
            int[] tokens = format.encodeText(text);
            if (tokens.length == 0) {
                throw ApiException.invalid(PROMPT, "expected text or at least one token id.");
            }
            return tokens;
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(PROMPT, e.getMessage() + ".");
        }
    }

    private static void refuseOthers(Fields body) {
        OrderParts.refuse(body, "suffix", "this server continues text only.");
        OrderParts.refuseGuides(body);
        if (body.flag("echo", false)) {
            throw ApiException.unsupported("echo", "this server does not repeat the prompt.");
        }
        if (body.integer("best_of", 0, Integer.MAX_VALUE).orElse(1) > 1) {
            throw ApiException.unsupported("best_of", "use 'n'.");
        }
        OrderParts.refuse(body, "response_format", "use chat completions.");
        OrderParts.refuse(body, "tools", "use chat completions.");
    }
}
