package io.augserve.examples.soak;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.OnnxEngines;
import io.augserve.onnx.OnnxEngine;
import io.augserve.profile.Profiler;
import io.augserve.request.ServerStats;
import io.augserve.schedule.Policies;
import io.augserve.tool.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Serves traffic for a while: as many requests at once as the setup says, on a KV cache that holds a few of them, so that they take one
 * another's memory.
 */
final class SoakRound {
    private static final int CONTEXT = 768;
    private static final int CACHE_TOKENS = 2 * CONTEXT;
    private static final long HOST_BYTES = 8L << 20;
    private static final int MAX_TOKENS = 120;
    private static final long PATIENCE_SECONDS = 120;
    private static final long GLANCE_MILLIS = 5;

    private final Path model;
    private final List<String> prompts;
    private final List<Tool> tools;
    private final int concurrency;
    private final int threads;
    private final long seed;
    private final Tally tally;

    SoakRound(Path model, List<String> prompts, List<Tool> tools, int concurrency, int threads, long seed,
            Tally tally) {
        this.model = model;
        this.prompts = List.copyOf(prompts);
        this.tools = List.copyOf(tools);
        this.concurrency = concurrency;
        this.threads = threads;
        this.seed = seed;
        this.tally = tally;
    }

    /** An engine like that of every round. */
    OnnxEngine engine() {
        return OnnxEngines.open(OnnxEngine.builder(model).threads(threads).maxContext(CONTEXT)
                .kvCacheTokens(CACHE_TOKENS).hostKvBytes(HOST_BYTES).maxBatchTokens(256));
    }

    /** What policies are told of the machine in every round. */
    Policies.Machine measure() {
        try (OnnxEngine engine = engine()) {
            return Profiler.measure(engine).machine();
        }
    }

    /**
     * Serves until the time is over, waits for every request, and looks for what is left.
     *
     * @return KV blocks that are still held
     */
    int run(String policy, Policies.Machine machine, Duration time) throws InterruptedException {
        Limits limits = Limits.DEFAULT.withMaxRunning(concurrency)
                .withMaxRequests(Math.max(concurrency, Limits.DEFAULT.maxRequests()));
        FaultyTools faulty = new FaultyTools(tally);
        try (AugServe server = AugServe.builder(engine()).tools(faulty.around(tools).toArray(Tool[]::new))
                .limits(limits).policy(policy).machine(machine).build()) {
            Client client = new Client(server, prompts, MAX_TOKENS, CONTEXT, seed, tally);
            await(policy, send(client, time));
            return leaked(server);
        }
    }

    private Map<Long, CompletableFuture<Void>> send(Client client, Duration time) throws InterruptedException {
        Semaphore places = new Semaphore(concurrency);
        Map<Long, CompletableFuture<Void>> inTheHouse = new ConcurrentHashMap<>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end && !client.isRefused()) {
            if (places.tryAcquire(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
                tally.count("requests");
                long number = tally.of("requests");
                CompletableFuture<Void> sent = client.send(number);
                inTheHouse.put(number, sent);
                CompletableFuture<Void> _ = sent.whenComplete((nothing, failure) -> {
                    inTheHouse.remove(number);
                    places.release();
                });
            }
        }
        return inTheHouse;
    }

    private void await(String policy, Map<Long, CompletableFuture<Void>> inTheHouse) throws InterruptedException {
        try {
            CompletableFuture.allOf(inTheHouse.values().toArray(CompletableFuture<?>[]::new)).get(PATIENCE_SECONDS,
                    TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            tally.violation(policy + ": requests that did not end within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            tally.violation(policy + ": " + e.getCause());
        }
    }

    /** The figures are those after the latest step, so the last request's blocks may be given back a moment later. */
    private static int leaked(AugServe server) throws InterruptedException {
        ServerStats stats = server.stats();
        for (int i = 0; i < 1_000 && stats.freeBlocks() != stats.capacityBlocks(); i++) {
            Thread.sleep(GLANCE_MILLIS);
            stats = server.stats();
        }
        return stats.capacityBlocks() - stats.freeBlocks();
    }
}
