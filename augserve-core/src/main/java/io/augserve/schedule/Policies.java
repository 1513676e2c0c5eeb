package io.augserve.schedule;

import static java.util.Objects.requireNonNull;

import io.augserve.predict.CostModel;
import io.augserve.predict.IterationTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The stock policies by name, each a composition of the same parts.
 *
 * <table>
 * <caption>Compositions</caption>
 * <tr><th>name</th><th>order</th><th>paused contexts</th><th>token budget</th></tr>
 * <tr><td>fcfs</td><td>arrival; a returned request is a new one at the tail</td><td>discard</td><td>the engine's limit</td></tr>
 * <tr><td>vllm-v1</td><td>as fcfs</td><td>discard; what is left in the cache is reused</td><td>2,048</td></tr>
 * <tr><td>infercept</td><td>original arrival, over all that can run</td><td>least waste</td><td>384, as its released scripts</td></tr>
 * <tr><td>ssjf</td><td>shortest predicted remaining output</td><td>least waste</td><td>the engine's limit</td></tr>
 * <tr><td>lamps</td><td>least memory-time, running ones first; 100 plans of waiting at most</td><td>least waste</td>
 * <td>the engine's limit</td></tr>
 * <tr><td>continuum</td><td>first arrival of the program, running ones first</td><td>time to live by tool, then as vllm-v1</td>
 * <td>2,048</td></tr>
 * <tr><td>autellix</td><td>least attained service of the program, in levels</td><td>as vllm-v1</td><td>2,048</td></tr>
 * <tr><td>augserve</td><td>value density, over all that can run</td><td>least waste</td>
 * <td>free KV, between half of T_max and five quarters of it</td></tr>
 * <tr><td>goodput</td><td>who can still meet the objective, by least demand; the others in a lane of their own</td>
 * <td>kept until somebody needs the memory, then swapped out, or left in the cache by expected next use</td><td>the engine's limit</td></tr>
 * </table>
 *
 * <p>Ablations are {@code infercept} with one of {@code augserve}'s two parts, and {@code vllm-v1} with one of {@code goodput}'s, to see what
 * each of them does:
 *
 * <table>
 * <caption>Ablations</caption>
 * <tr><th>name</th><th>order</th><th>paused contexts</th><th>token budget</th></tr>
 * <tr><td>augserve-order</td><td>as augserve</td><td>least waste</td><td>as infercept</td></tr>
 * <tr><td>augserve-budget</td><td>as infercept</td><td>least waste</td><td>as augserve</td></tr>
 * <tr><td>vllm-v1-next-use</td><td>as vllm-v1</td><td>as vllm-v1, but what is expected back last is overwritten first</td><td>2,048</td></tr>
 * </table>
 */
public final class Policies {
    /** vLLM's default {@code max_num_batched_tokens}. */
    private static final int VLLM_BUDGET = 2048;
    /** InferCept's released scripts stop at this many tokens in an iteration. */
    private static final int INFERCEPT_BUDGET = 384;
    /** LAMPS' starvation threshold, in iterations. */
    private static final int LAMPS_STARVATION = 100;
    /** The AugServe paper's weight of waiting. */
    private static final double AUGSERVE_BETA = 5e-5;
    /** Shares of T_max. The paper clips the budget to a band and does not print it; of three bands that were simulated, this did best. */
    private static final double AUGSERVE_LOW = 0.5;
    private static final double AUGSERVE_HIGH = 1.25;
    /** goodput's default: with it, it loses to augserve neither in effective throughput nor in mean time to first token. */
    private static final double BEST_EFFORT_SHARE = 0.02;
    private static final int NEVER = Integer.MAX_VALUE;

    private static final Map<String, Function<Machine, Policy>> STOCK = new LinkedHashMap<>();
    private static final Map<String, Function<Machine, Policy>> ABLATIONS = new LinkedHashMap<>();

    static {
        STOCK.put("fcfs", on -> new Policy("fcfs", Scheduler.fcfs(), BatchPolicy.fixed(on.maxBatchTokens())));
        STOCK.put("vllm-v1", on -> new Policy("vllm-v1", FcfsScheduler.reusing(), vllmBudget(on)));
        STOCK.put("infercept", on -> ranked("infercept", RequestOrder.arrival(), on, NEVER,
                inferceptBudget(on)));
        STOCK.put("ssjf", on -> ranked("ssjf", RequestOrder.shortestOutput(), on, NEVER,
                BatchPolicy.fixed(on.maxBatchTokens())));
        STOCK.put("lamps", on -> new Policy("lamps", new RankedScheduler(RequestOrder.memoryTime(), on.costs(),
                Eviction.recompute(), LAMPS_STARVATION), BatchPolicy.fixed(on.maxBatchTokens())));
        STOCK.put("continuum", on -> program("continuum", ProgramOrder.arrival(), new ToolTimeToLive(on.costs()), on));
        STOCK.put("autellix", on -> program("autellix", new AttainedService(), Retention.none(), on));
        STOCK.put("augserve", on -> ranked("augserve", RequestOrder.valueDensity(AUGSERVE_BETA), on, NEVER,
                augserveBudget(on)));
        STOCK.put("goodput",
                on -> new Policy("goodput", new GoodputScheduler(on.costs(), on.freeTokens(), BEST_EFFORT_SHARE),
                        BatchPolicy.fixed(on.maxBatchTokens())));

        ABLATIONS.put("augserve-order", on -> ranked("augserve-order", RequestOrder.valueDensity(AUGSERVE_BETA), on,
                NEVER, inferceptBudget(on)));
        ABLATIONS.put("augserve-budget",
                on -> ranked("augserve-budget", RequestOrder.arrival(), on, NEVER, augserveBudget(on)));
        ABLATIONS.put("vllm-v1-next-use", on -> new Policy("vllm-v1-next-use",
                new ExpectingScheduler(FcfsScheduler.reusing()), vllmBudget(on)));
    }

    /** The others are given the costs of steps. */
    private static final Set<String> WITHOUT_COSTS = Set.of("fcfs", "vllm-v1", "autellix", "vllm-v1-next-use");

    private Policies() {}

    /**
     * What policies need to know of the machine.
     *
     * @param maxBatchTokens the engine's limit of a step
     * @param costs of steps and transfers
     * @param saturationTokens T_max: the tokens of a step beyond which throughput hardly grows; 1 to {@code maxBatchTokens}
     * @param freeTokens that a step carries in the time that one token takes, because it reads all weights anyway; at least 0
     */
    public record Machine(int maxBatchTokens, CostModel costs, int saturationTokens, int freeTokens) {
        /**
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Machine {
            requireNonNull(costs, "costs");
            if (saturationTokens < 1 || saturationTokens > maxBatchTokens) {
                throw new IllegalArgumentException("expected 1 <= saturationTokens <= maxBatchTokens, got "
                        + saturationTokens + " and " + maxBatchTokens);
            }
            if (freeTokens < 0) {
                throw new IllegalArgumentException("freeTokens: expected >= 0, got " + freeTokens);
            }
        }

        /** A machine whose throughput is taken to grow up to the engine's limit, and where every token costs. */
        public Machine(int maxBatchTokens, CostModel costs) {
            this(maxBatchTokens, costs, maxBatchTokens, 0);
        }

        /**
         * A machine whose steps have been measured. T_max is that of {@link IterationTime#saturationTokens}, but no less than the
         * sequences of a step: below that, running requests would wait for each other to decode one token each.
         */
        public static Machine of(IterationTime time, double swapSecondsPerToken, int maxBatchTokens, int maxSequences) {
            int saturation = Math.max(time.saturationTokens(maxBatchTokens), Math.min(maxSequences, maxBatchTokens));
            return new Machine(maxBatchTokens, time.costs(swapSecondsPerToken), saturation, (int) time.m0());
        }
    }

    private static Policy ranked(String name, RequestOrder order, Machine on, int starvationPlans,
            BatchPolicy batchPolicy) {
        return new Policy(name,
                new RankedScheduler(order, on.costs(), Eviction.swap(on.costs()), starvationPlans), batchPolicy);
    }

    private static Policy program(String name, ProgramOrder order, Retention retention, Machine on) {
        return new Policy(name, new ProgramScheduler(order, retention), vllmBudget(on));
    }

    private static BatchPolicy vllmBudget(Machine on) {
        return BatchPolicy.fixed(Math.min(VLLM_BUDGET, on.maxBatchTokens()));
    }

    private static BatchPolicy inferceptBudget(Machine on) {
        return BatchPolicy.fixed(Math.min(INFERCEPT_BUDGET, on.maxBatchTokens()));
    }

    private static BatchPolicy augserveBudget(Machine on) {
        return BatchPolicy.adaptive((int) Math.max(1, AUGSERVE_LOW * on.saturationTokens()),
                (int) Math.min(AUGSERVE_HIGH * on.saturationTokens(), on.maxBatchTokens()));
    }

    /** Names of the stock policies, in the order in which reports list them. */
    public static List<String> names() {
        return List.copyOf(STOCK.keySet());
    }

    /** Names of the policies that are there to explain others; reports leave them out unless they are asked for. */
    public static List<String> ablations() {
        return List.copyOf(ABLATIONS.keySet());
    }

    /** Whether there is a policy of that name, stock or ablation. */
    public static boolean exists(String name) {
        return STOCK.containsKey(name) || ABLATIONS.containsKey(name);
    }

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException if there is no policy of that name, stock or ablation; the message lists those that there are
     */
    public static void requireName(String name) {
        if (!exists(name)) {
            throw new IllegalArgumentException("policy: expected one of " + String.join(", ", names()) + ", "
                    + String.join(", ", ablations()) + ", got '" + name + "'");
        }
    }

    /** Whether the policy of that name uses the costs of the machine and its T_max, so that it is worth measuring them. */
    public static boolean usesCosts(String name) {
        return !WITHOUT_COSTS.contains(name);
    }

    /** A new policy of that name, stock or ablation; empty if there is none. */
    public static Optional<Policy> create(String name, Machine machine) {
        return Optional.ofNullable(STOCK.getOrDefault(name, ABLATIONS.get(name)))
                .map(factory -> factory.apply(machine));
    }
}
