package io.augserve.profile;

import io.augserve.engine.Batch;
import io.augserve.engine.BlockLedger;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.engine.Ticker;
import io.augserve.predict.IterationTime;
import io.augserve.predict.StepLoad;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** An engine whose steps take what known constants say, on a clock of its own; it is strict about what it is given. */
public final class TimedEngine implements Engine, Ticker {
    public static final int VOCABULARY = 50;

    private final EngineSpec spec;
    private final BlockLedger kv;
    private final IterationTime time;
    private final Map<Long, Integer> computed = new HashMap<>();
    private final Map<Long, Integer> lengths = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Set<Long> seen = new HashSet<>();
    /** Factor on the time of a step, by its number. */
    private Function<Integer, Double> noise = step -> 1.0;
    private Function<Integer, Optional<StepOutcome>> interceptor = step -> Optional.empty();
    private double swapNanosPerBlock;
    private int steps;
    private long now;
    private boolean closed;

    public TimedEngine(IterationTime time, BlockLedger kv, int maxContext, int maxBatchTokens, int maxSequences) {
        this.time = time;
        this.kv = kv;
        this.spec = new EngineSpec("timed", VOCABULARY, maxContext, Set.of(0), maxBatchTokens, maxSequences,
                SamplingOptions.greedy());
    }

    /** Room for everything that a profiler asks for. */
    public static TimedEngine of(IterationTime time) {
        return new TimedEngine(time, new BlockLedger(16, 10_000), 100_000, 2_048, 256);
    }

    TimedEngine noise(Function<Integer, Double> value) {
        noise = value;
        return this;
    }

    /** What a step returns, by its number, instead of running. */
    public TimedEngine intercept(Function<Integer, Optional<StepOutcome>> value) {
        interceptor = value;
        return this;
    }

    TimedEngine swapNanosPerBlock(double value) {
        swapNanosPerBlock = value;
        return this;
    }

    public int steps() {
        return steps;
    }

    /** Sequences that have been seen and not ended. */
    public Set<Long> alive() {
        Set<Long> alive = new HashSet<>(seen);
        alive.removeAll(ended);
        return alive;
    }

    Set<Long> seen() {
        return seen;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public EngineSpec spec() {
        return spec;
    }

    @Override
    public KvCache kvCache() {
        return kv;
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return Optional.empty();
    }

    @Override
    public StepOutcome step(Batch batch) {
        steps++;
        now += Math.round(batch.movedBlocks() * swapNanosPerBlock);
        if (!batch.slices().isEmpty()) {
            now += Math.round(time.nanos(StepLoad.of(batch)) * noise.apply(steps));
        }
        if (batch.tokens() > spec.maxBatchTokens() || batch.slices().size() > spec.maxSequences()) {
            throw new AssertionError("a step of " + batch.tokens() + " tokens in " + batch.slices().size());
        }
        List<Sample> samples = new ArrayList<>();
        for (Slice slice : batch.slices()) {
            check(slice);
            if (slice.samples()) {
                samples.add(new Sample.Token(new OutputToken(1, Float.NaN, List.of())));
            }
        }
        return interceptor.apply(steps).orElseGet(() -> new StepOutcome.Completed(samples));
    }

    private void check(Slice slice) {
        long id = slice.sequence().id();
        seen.add(id);
        require(!ended.contains(id), "sequence " + id + " has ended");
        require(slice.start() <= computed.getOrDefault(id, 0), "sequence " + id + " leaves a gap");
        require(slice.sequence().length() >= lengths.getOrDefault(id, 0), "sequence " + id + " shrinks");
        require(slice.sequence().length() <= spec.maxContext(), "sequence " + id + " is too long");
        require(kv.held(id) >= kv.blocksFor(slice.end()), "sequence " + id + " has too few blocks");
        require(kv.hostHeld(id) == 0, "sequence " + id + " is in host memory");
        for (int i = slice.start(); i < slice.end(); i++) {
            require(slice.sequence().token(i) >= 0 && slice.sequence().token(i) < VOCABULARY, "no such token");
        }
        computed.put(id, slice.end());
        lengths.put(id, slice.sequence().length());
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }

    @Override
    public void ended(long sequence) {
        require(kv.held(sequence) == 0 && kv.hostHeld(sequence) == 0, "sequence " + sequence + " holds blocks");
        ended.add(sequence);
    }

    @Override
    public void close() {
        closed = true;
    }
}
