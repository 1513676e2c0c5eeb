package io.augserve.examples.soak;

import io.augserve.AugServe;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.SamplingOptions;
import io.augserve.request.SegmentResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Questions and what the model answers to each, found out by asking them without HTTP, a few at a time: greedy answers do not depend on who else is
 * served.
 */
record ExpectedAnswers(List<Exchange> all) {
    private static final int FEW = 12;
    private static final List<String> CITIES = List.of("Oslo", "Rima", "Lisbon", "Nairobi", "Lima", "Kyoto", "Quebec",
            "Hanoi", "Tallinn", "Port Velano");
    private static final List<String> PEOPLE = List.of("Maria Lopez", "Omar Tanaka", "Anna Novak", "Kenji Brelas",
            "Henrik Saldova");

    /** Copies the list. */
    ExpectedAnswers {
        all = List.copyOf(all);
    }

    /**
     * A question and its answer.
     *
     * @param question that is asked
     * @param answer all text, that before tool calls included
     * @param outputTokens that it took
     */
    record Exchange(String question, String answer, int outputTokens) {}

    static ExpectedAnswers ask(AugServe server, int count, int maxTokens, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SamplingOptions sampling = SamplingOptions.builder().maxTokens(maxTokens).build();
        List<Exchange> all = new ArrayList<>();
        while (all.size() < count) {
            List<String> questions = Stream.generate(() -> question(random)).limit(FEW).toList();
            // A few at a time, for their tools take time.
            List<Generation> generations = questions.stream()
                    .map(question -> server.submit(GenerationRequest.chat(question).sampling(sampling).build()))
                    .toList();
            for (int i = 0; i < FEW; i++) {
                GenerationResult result = generations.get(i).join();
                String answer = result.segments().stream().map(SegmentResult::text).collect(Collectors.joining());
                all.add(new Exchange(questions.get(i), answer, result.usage().outputTokens()));
            }
        }
        return new ExpectedAnswers(all);
    }

    private static String question(SplittableRandom random) {
        String city = CITIES.get(random.nextInt(CITIES.size()));
        String person = PEOPLE.get(random.nextInt(PEOPLE.size()));
        return switch (random.nextInt(8)) {
            case 0, 1 -> "What is " + random.nextInt(1_000) + " * " + random.nextInt(100) + "?";
            case 2 -> "How much is " + random.nextInt(10_000) + " minus " + random.nextInt(1_000) + "?";
            case 3 -> "What is the weather in " + city + "?";
            case 4 -> "Where does " + person + " live?";
            case 5 -> "What is the weather where " + person + " lives?";
            case 6 -> "How much do " + (2 + random.nextInt(9)) + " pieces of the brass lamp cost?";
            default -> "Tell me a joke";
        };
    }
}
