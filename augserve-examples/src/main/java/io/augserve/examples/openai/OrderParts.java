package io.augserve.examples.openai;

import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What both kinds of completions have in common. Unknown members are ignored; those that OpenAI's or vLLM's servers know, that would change
 * the answer and that are not supported here are refused by name.
 */
final class OrderParts {
    private static final List<String> GUIDES = List.of("guided_json", "guided_regex", "guided_choice",
            "guided_grammar", "structured_outputs");

    private OrderParts() {}

    /** Refuses a member unless it is absent. */
    static void refuse(Fields body, String name, String why) {
        if (body.get(name).isPresent()) {
            throw ApiException.unsupported(body.path(name), why);
        }
    }

    /** Refuses what would guide the output in another server's way. */
    static void refuseGuides(Fields body) {
        GUIDES.forEach(name -> refuse(body, name, "use 'response_format'."));
    }

    /** Whether a stream ends with token counts. */
    static boolean countsUsage(Fields body, boolean stream) {
        Optional<Fields> options = body.object("stream_options");
        if (options.isPresent() && !stream) {
            throw ApiException.invalid("stream_options", "only allowed when 'stream' is true.");
        }
        return options.isPresent() && options.get().flag("include_usage", false);
    }

    /** The same request so many times; those after the first draw from seeds of their own. */
    static List<GenerationRequest> copies(int count, SamplingOptions sampling,
            Function<SamplingOptions, GenerationRequest> request) {
        OptionalLong seed = sampling.seed();
        return IntStream.range(0, count).mapToObj(i -> seed.isPresent() && i > 0
                ? sampling.toBuilder().seed(seed.getAsLong() + i).build()
                : sampling).map(request).toList();
    }
}
