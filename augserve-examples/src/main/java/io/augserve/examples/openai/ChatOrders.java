package io.augserve.examples.openai;

import com.google.gson.JsonElement;
import io.augserve.request.ChatMessage;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads chat completions.
 *
 * @param model that is served
 * @param limits of what is taken
 * @param lendsTools whether the server's own tools are for requests that bring none
 */
record ChatOrders(ModelCard model, HttpLimits limits, boolean lendsTools) implements OrderReader {
    private static final int MOST_TOP = 20;

    @Override
    public Order read(Fields body, Optional<String> session) {
        model.require(body);
        refuseOthers(body);
        List<ChatMessage> messages = MessageReader.read(body, limits.maxMessages());
        ToolReader tools = ToolReader.read(body);
        boolean stream = body.flag("stream", false);
        boolean logProbs = body.flag("logprobs", false);
        SamplingOptions sampling = SamplingReader.read(body, model, SamplingReader.maxTokens(body, model),
                top(body, logProbs));
        Optional<String> key = body.string("prompt_cache_key").or(() -> session);
        int choices = body.integer("n", 1, limits.maxChoices()).orElse(1);
        boolean lent = lendsTools && body.get("tools").isEmpty();
        return new Order(
                OrderParts.copies(choices, sampling, own -> request(messages, tools, lent, own, key)), choices,
                stream, OrderParts.countsUsage(body, stream), logProbs, "messages");
    }

    private static GenerationRequest request(List<ChatMessage> messages, ToolReader tools, boolean lent,
            SamplingOptions sampling, Optional<String> key) {
        GenerationRequest.Builder request = GenerationRequest.chat(messages).id(Ids.next("chatcmpl-"))
                .declare(tools.declared().toArray(ToolSpec[]::new)).constraint(tools.constraint()).sampling(sampling);
        if (!lent) {
            request.tools();
        }
        key.ifPresent(request::sessionKey);
        return request.build();
    }

    private static OptionalInt top(Fields body, boolean logProbs) {
        Optional<Integer> top = body.integer("top_logprobs", 0, MOST_TOP);
        if (top.isPresent() && !logProbs) {
            throw ApiException.invalid("top_logprobs", "only allowed when 'logprobs' is true.");
        }
        return logProbs ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty();
    }

    private static void refuseOthers(Fields body) {
        OrderParts.refuse(body, "audio", "this server makes text.");
        OrderParts.refuse(body, "web_search_options", "this server does not search.");
        OrderParts.refuseGuides(body);
        for (JsonElement modality : body.array("modalities").orElse(List.of())) {
            if (!Fields.string(modality, "modalities").equals("text")) {
                throw ApiException.unsupported("modalities", "this server makes text.");
            }
        }
        if (body.flag("store", false)) {
            throw ApiException.unsupported("store", "this server keeps no completions.");
        }
    }
}
