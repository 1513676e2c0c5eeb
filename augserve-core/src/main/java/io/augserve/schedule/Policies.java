package io.augserve.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** The stock policies by name. */
public final class Policies {
    private static final Map<String, IntFunction<Policy>> STOCK = new LinkedHashMap<>();

    static {
        STOCK.put("fcfs", tokens -> new Policy("fcfs", Scheduler.fcfs(), BatchPolicy.fixed(tokens)));
    }

    private Policies() {}

    /** The names, in the order in which reports list them. */
    public static List<String> names() {
        return List.copyOf(STOCK.keySet());
    }

    /**
     * A new policy of that name; empty if there is none.
     *
     * @param maxBatchTokens the engine's limit, which policies with a static budget use up
     */
    public static Optional<Policy> create(String name, int maxBatchTokens) {
        return Optional.ofNullable(STOCK.get(name)).map(factory -> factory.apply(maxBatchTokens));
    }
}
