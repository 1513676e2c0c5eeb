package io.augserve.profile;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.Engine;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.KvCache;
import io.augserve.engine.Ticker;
import io.augserve.predict.StepLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures what steps of an engine cost, in about a second and through its SPI alone.
 *
 * <p>First, prefill chunks quadruple until one takes a noticeable share of the time or the largest step is reached: that finds the
 * largest size T, and warms the engine up. Then passes follow over the sizes T, T/4, T/16 and T/64, as many as the time allows, each with
 * fresh sequences. Per size S a pass measures one sequence that grows by four chunks of S and decodes in between, eight sequences that
 * share S tokens, S/8 sequences of eight tokens, and a chunk of S/2 beside the decodes of these. What an engine's limits or its KV cache
 * have no room for is left out. The fit ({@link IterationTimeFit}) sees the median of each load; its first time counts only if there is no
 * other, since a JVM may still be compiling then.
 *
 * <p>The sequences have ids below zero, sample as the engine's default says with a fixed seed, and are released and ended before this
 * returns or throws. If an engine swaps, one sequence is moved to host memory and back in every pass.
 */
public final class Profiler {
    /** How long {@link #measure(Engine)} takes. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(1);

    private static final int FIRST = 4;
    private static final int FACTOR = 4;
    /** A prefill chunk of the largest size takes about this part of the time, so that some passes fit. */
    private static final int PARTS = 30;
    private static final int SIZES = 4;
    private static final int CHUNKS = 4;
    private static final int FEW = 8;
    private static final int SHORT = 8;
    private static final int MAX_PASSES = 15;
    /** Loads that are measured even if the time is over, since a fit needs something. */
    private static final int ENOUGH = 4;

    private final StepProbe probe;
    private final Ticker ticker;
    private final long start;
    private final long limit;
    private final int largest;
    private final int maxSequences;
    private final boolean isSwapping;
    private final Map<StepLoad, List<Double>> seconds = new LinkedHashMap<>();
    private final List<Double> swaps = new ArrayList<>();

    private Profiler(Engine engine, StepProbe probe, Ticker ticker, Duration limit) {
        this.probe = probe;
        this.ticker = ticker;
        this.start = ticker.nanos();
        this.limit = limit.toNanos();
        this.maxSequences = engine.spec().maxSequences();
        KvCache kv = engine.kvCache();
        this.isSwapping = kv.hostCapacity() > 0;
        // A prefill chunk knows one token more than it computes.
        long longest = Math.min(engine.spec().maxContext() - 1, (long) kv.capacity() * kv.blockSize());
        this.largest = (int) Math.min(engine.spec().maxBatchTokens(), longest);
    }

    /** Measures with the system's clock for about {@link #DEFAULT_LIMIT}. */
    public static EngineProfile measure(Engine engine) {
        return measure(engine, Ticker.system(), DEFAULT_LIMIT);
    }

    /**
     * Measures an engine that nobody else uses meanwhile.
     *
     * @param engine holds no sequence
     * @param ticker the clock
     * @param limit when to stop, to the end of the step that runs then, but not before {@value #ENOUGH} loads have been measured;
     *        positive. More time buys larger steps and more repetitions
     * @throws ProfilingException if a step fails
     * @throws IllegalStateException if a sequence holds blocks of the KV cache
     * @throws IllegalArgumentException if the limit is not positive
     */
    public static EngineProfile measure(Engine engine, Ticker ticker, Duration limit) {
        requireNonNull(ticker, "ticker");
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit: expected > 0, got " + limit);
        }
        KvCache kv = engine.kvCache();
        if (kv.free() < kv.capacity()) {
            throw new IllegalStateException("an engine is measured before it serves: expected " + kv.capacity()
                    + " free KV blocks, got " + kv.free());
        }
        Profiler profiler;
        try (StepProbe probe = new StepProbe(engine, ticker)) {
            profiler = new Profiler(engine, probe, ticker, limit);
            profiler.passes(profiler.climb());
        }
        List<StepTime> steps = new ArrayList<>();
        profiler.seconds.forEach((load, samples) -> {
            List<Double> warm = samples.size() > 1 ? samples.subList(1, samples.size()) : samples;
            steps.add(new StepTime(load, median(warm), warm.size()));
        });
        return new EngineProfile(engine.spec(), kv.blockSize(), kv.capacity(), kv.hostCapacity(),
                IterationTimeFit.of(steps), profiler.swaps.isEmpty() ? 0 : median(profiler.swaps), steps);
    }

    /** Finds the largest size that the time is enough for. */
    private int climb() {
        int size = Math.max(1, Math.min(FIRST, largest));
        for (int next = size; inTime(); next = Math.min(FACTOR * next, largest)) {
            Optional<StepProbe.Timed> step = probe.step(StepProbe.Advance.prefill(probe.sequences(1), next));
            probe.endAll();
            if (step.isEmpty()) {
                return size;
            }
            size = next;
            if (step.get().seconds() * 1e9 * PARTS > limit || size == largest) {
                return size;
            }
        }
        return size;
    }

    private void passes(int size) {
        long longest = 0;
        int passes = 0;
        do {
            long before = elapsed();
            pass(size);
            longest = Math.max(longest, elapsed() - before);
            passes++;
        } while (passes < MAX_PASSES && elapsed() + longest <= limit);
    }

    /** From large to small: if the time ends before the pass, what has been measured tells most. */
    private void pass(int size) {
        if (isSwapping) {
            swap(size);
        }
        for (int part = size, i = 0; i < SIZES && part > 0; part /= FACTOR, i++) {
            oneSequence(part);
            fewSequences(part);
            manySequences(part);
        }
    }

    private void oneSequence(int size) {
        List<ForcedSequence> one = probe.sequences(1);
        for (int i = 0; i < CHUNKS; i++) {
            take(StepProbe.Advance.prefill(one, size));
            take(StepProbe.Advance.decode(one));
        }
        probe.endAll();
    }

    private void swap(int size) {
        List<ForcedSequence> one = probe.sequences(1);
        take(StepProbe.Advance.prefill(one, size));
        if (inTime() || swaps.isEmpty()) {
            probe.swap(one.getFirst()).ifPresent(swaps::add);
        }
        probe.endAll();
    }

    private void fewSequences(int size) {
        List<ForcedSequence> few = probe.sequences(Math.min(Math.min(FEW, size), maxSequences));
        take(StepProbe.Advance.prefill(few, size / few.size()));
        take(StepProbe.Advance.decode(few));
        probe.endAll();
    }

    private void manySequences(int size) {
        List<ForcedSequence> many = probe.sequences(Math.min(size / SHORT, maxSequences));
        if (many.isEmpty()) {
            return;
        }
        take(StepProbe.Advance.prefill(many, SHORT));
        take(StepProbe.Advance.decode(many));
        take(StepProbe.Advance.prefill(probe.sequences(1), size / 2), StepProbe.Advance.decode(many));
        probe.endAll();
    }

    private void take(StepProbe.Advance... advances) {
        if (inTime() || seconds.size() < ENOUGH) {
            probe.step(advances).ifPresent(step -> seconds
                    .computeIfAbsent(StepLoad.of(step.batch()), load -> new ArrayList<>()).add(step.seconds()));
        }
    }

    private boolean inTime() {
        return elapsed() < limit;
    }

    private long elapsed() {
        return ticker.nanos() - start;
    }

    /** The lower one of two: what disturbs a step makes it longer. */
    private static double median(List<Double> samples) {
        return samples.stream().sorted().toList().get((samples.size() - 1) / 2);
    }
}
