package io.augserve.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Generates requests that look like the six-tool mixture of InferCept and MARS (397 requests: calculator, Wikipedia,
 * ALFWorld, a person who chats, image and speech generation) from its published statistics, so that experiments need no
 * data file.
 * <ul>
 * <li>{@code math}, {@code qa}, {@code ve}, {@code chatbot}, {@code image}, {@code tts}: one kind. In image and tts a
 * model tool and a person's reply alternate.
 * <li>{@code mixture}: the six kinds as often as in the original, 98 : 50 : 54 : 65 : 65 : 65.
 * <li>{@code plain}: requests of the mixture without their calls, with the outputs joined and the results left out.
 * <li>{@code half}: each request from {@code mixture} or {@code plain}, evenly.
 * <li>{@code tiers}: {@code mixture}, each request in one of three {@link Tier tiers}, evenly and whatever its kind: interactive
 * (first token within 1 s, 0.4 s per token, priority 1), standard (5 s, 1 s, 0) and background (60 s, 5 s, -1).
 * </ul>
 * Means agree with the original to a few percent; contexts are at most 2,048 tokens. Pieces are independent of
 * each other, which the original's are not throughout, and every request ends with an answer, where 184 of the original
 * end with a call. Immutable.
 */
public final class SyntheticWorkload {
    private static final String MIXTURE = "mixture";
    private static final String PLAIN = "plain";
    private static final String HALF = "half";
    private static final String TIERS = "tiers";
    private static final List<SyntheticWorkload> ALL = builtins();

    /** Draws one request. */
    private interface Source {
        TraceRequest draw(String id, RandomGenerator random);
    }

    private final String name;
    private final Source source;

    private SyntheticWorkload(String name, Source source) {
        this.name = name;
        this.source = source;
    }

    /** The workload of that name, one of {@link #names()}; empty if there is none. */
    public static Optional<SyntheticWorkload> builtin(String name) {
        return ALL.stream().filter(workload -> workload.name.equals(name)).findFirst();
    }

    /** Names of all workloads. */
    public static List<String> names() {
        return ALL.stream().map(SyntheticWorkload::name).toList();
    }

    /** One of {@link #names()}. */
    public String name() {
        return name;
    }

    /**
     * Draws requests.
     *
     * @param count how many; at least 0
     * @param seed the same seed gives the same requests, and a smaller count a prefix of them
     * @return requests without arrivals and sessions, and but for {@code tiers} without objectives; their ids start with the workload's name
     * @throws IllegalArgumentException if the count is negative
     */
    public List<TraceRequest> generate(int count, long seed) {
        Require.atLeast("count", count, 0);
        RandomGenerator random = new SplittableRandom(seed);
        List<TraceRequest> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            requests.add(source.draw(String.format(Locale.ROOT, "%s-%06d", name, i), random));
        }
        return List.copyOf(requests);
    }

    private static List<SyntheticWorkload> builtins() {
        Source mixture = (id, random) -> MixtureShapes.drawKind(random).draw(id, random);
        Source plain = (id, random) -> withoutCalls(mixture.draw(id, random));
        Source half = (id, random) -> (random.nextBoolean() ? mixture : plain).draw(id, random);
        List<SyntheticWorkload> all = new ArrayList<>();
        all.add(new SyntheticWorkload(MIXTURE, mixture));
        MixtureShapes.ALL.forEach(shape -> all.add(new SyntheticWorkload(shape.kind(), shape::draw)));
        all.add(new SyntheticWorkload(PLAIN, plain));
        all.add(new SyntheticWorkload(HALF, half));
        all.add(new SyntheticWorkload(TIERS, (id, random) -> Tier.assign(mixture.draw(id, random), random)));
        return List.copyOf(all);
    }

    private static TraceRequest withoutCalls(TraceRequest request) {
        return TraceRequest.of(request.id(), PLAIN, request.promptTokens(),
                List.of(TraceSegment.last(request.outputTokens())));
    }
}
