package io.augserve.simulation;

import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How urgent a request is: a class of requests with an objective and a priority of their own. The values are this project's; the
 * interactive ones are about those of the paper's set-ups (1 s, and 0.35 to 0.44 s per token).
 *
 * @param objective of its requests
 * @param priority of its requests
 */
record Tier(ServiceLevel objective, int priority) {
    /** Somebody waits for it; somebody will look at it soon; nobody looks. */
    static final List<Tier> ALL = List.of(of(1_000, 400, 1), of(5_000, 1_000, 0), of(60_000, 5_000, -1));

    private static Tier of(long firstTokenMillis, long perTokenMillis, int priority) {
        return new Tier(new ServiceLevel(Duration.ofMillis(firstTokenMillis), Duration.ofMillis(perTokenMillis)),
                priority);
    }

    /** The request in one tier or another, evenly, whatever it is a case of. */
    static TraceRequest assign(TraceRequest request, RandomGenerator random) {
        Tier tier = ALL.get(random.nextInt(ALL.size()));
        return new TraceRequest(request.id(), request.kind(), request.session(), request.arrivalSeconds(),
                request.promptTokens(), request.segments(), Optional.of(tier.objective), tier.priority);
    }
}
