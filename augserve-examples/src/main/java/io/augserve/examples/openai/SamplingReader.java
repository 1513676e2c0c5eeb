package io.augserve.examples.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How tokens are chosen: OpenAI's members and those that vLLM added ({@code top_k}, {@code min_p}, {@code repetition_penalty},
 * {@code ignore_eos}, {@code stop_token_ids}). What a request leaves open is the model's default; the output may fill the model's context.
 */
final class SamplingReader {
    private static final int MOST_STOPS = 64;
    private static final int MOST_BIASES = 1_024;
    private static final int MOST_BIAS = 100;
    private static final Pattern OPTION = Pattern.compile("([a-zA-Z]+)[^:]*: (.*)", Pattern.DOTALL);
    /** Where OpenAI's name is not the option's. */
    private static final Map<String, String> NAMES = Map.of("stopStrings", "stop", "stopTokens", "stop_token_ids",
            "logProbs", "top_logprobs");

    private SamplingReader() {}

    /**
     * Reads the options.
     *
     * @param maxTokens of the output unless the request says less
     * @param logProbs how many of the most likely tokens to report
     */
    static SamplingOptions read(Fields body, ModelCard model, int maxTokens, OptionalInt logProbs) {
        SamplingOptions.Builder options = model.spec().defaultSampling().toBuilder().maxTokens(maxTokens);
        body.number("temperature").ifPresent(options::temperature);
        body.number("top_p").ifPresent(options::topP);
        body.integer("top_k", -1, Integer.MAX_VALUE).ifPresent(k -> options.topK(Math.max(k, 0)));
        body.number("min_p").ifPresent(options::minP);
        body.number("repetition_penalty").ifPresent(options::repetitionPenalty);
        body.number("presence_penalty").ifPresent(options::presencePenalty);
        body.number("frequency_penalty").ifPresent(options::frequencyPenalty);
        body.whole("seed").ifPresent(options::seed);
        body.object("logit_bias").ifPresent(bias -> options.logitBias(biases(bias, model.spec().vocabularySize())));
        body.get("stop").ifPresent(stop -> options.stopStrings(stops(stop)));
        body.array("stop_token_ids").ifPresent(ids -> options.stopTokens(tokens(ids, "stop_token_ids")));
        logProbs.ifPresent(options::logProbs);
        if (body.flag("ignore_eos", false)) {
            options.ignoreEnd(true);
        }
        OrderParts.refuse(body, "min_tokens", "this server has no least length.");
        try {
            return options.build();
        } catch (IllegalArgumentException e) {
            throw outOfRange(String.valueOf(e.getMessage()));
        }
    }

    /** The limit of the output: the newer of its two names goes first. */
    static int maxTokens(Fields body, ModelCard model) {
        int most = model.spec().maxContext();
        return body.integer("max_completion_tokens", 1, Integer.MAX_VALUE)
                .or(() -> body.integer("max_tokens", 1, Integer.MAX_VALUE)).map(given -> Math.min(given, most))
                .orElse(most);
    }

    private static Map<Integer, Float> biases(Fields bias, int vocabulary) {
        JsonObject given = bias.json();
        if (given.size() > MOST_BIASES) {
            throw ApiException.invalid("logit_bias", "expected at most " + MOST_BIASES + " tokens.");
        }
        Map<Integer, Float> biases = new HashMap<>();
        for (Map.Entry<String, JsonElement> entry : given.entrySet()) {
            String path = bias.path(entry.getKey());
            double value = Fields.number(entry.getValue(), path);
            if (Math.abs(value) > MOST_BIAS) {
                throw ApiException.invalid(path, "expected -100 to 100, but got " + value + ".");
            }
            biases.put(tokenId(entry.getKey(), path, vocabulary), (float) value);
        }
        return biases;
    }

    private static int tokenId(String name, String path, int vocabulary) {
        try {
            int id = Integer.parseInt(name);
            if (id >= 0 && id < vocabulary) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Told below, as ids out of range are.
        }
        throw ApiException.invalid(path, "expected a token id below " + vocabulary + ".");
    }

    private static String[] stops(JsonElement stop) {
        if (!stop.isJsonArray()) {
            return new String[]{Fields.string(stop, "stop")};
        }
        List<JsonElement> given = stop.getAsJsonArray().asList();
        if (given.size() > MOST_STOPS) {
            throw ApiException.invalid("stop", "expected at most " + MOST_STOPS + " strings.");
        }
        List<String> stops = new ArrayList<>();
        for (JsonElement element : given) {
            stops.add(Fields.string(element, "stop[" + stops.size() + "]"));
        }
        return stops.toArray(String[]::new);
    }

    private static Integer[] tokens(List<JsonElement> ids, String path) {
        if (ids.size() > MOST_STOPS) {
            throw ApiException.invalid(path, "expected at most " + MOST_STOPS + " tokens.");
        }
        return ids.stream().map(id -> Fields.integer(id, path, 0, Integer.MAX_VALUE)).distinct()
                .toArray(Integer[]::new);
    }

    /** The options know their ranges and name themselves, in Java's way. */
    private static ApiException outOfRange(String message) {
        Matcher option = OPTION.matcher(message);
        if (!option.matches()) {
            return ApiException.malformed(message);
        }
        String name = option.group(1);
        String param = NAMES.getOrDefault(name,
                name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
        return ApiException.invalid(param, option.group(2) + ".");
    }
}
