package io.augserve.simulation;

import io.augserve.engine.Batch;
import io.augserve.engine.BlockLedger;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.predict.IterationTime;
import io.augserve.predict.StepLoad;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An engine that computes nothing: a step takes the time that a hardware profile's {@link IterationTime} says, on a virtual clock, and a
 * sequence samples what its script says.
 */
final class SimulatedEngine implements Engine {
    /** Longer than any script; the cache bounds a sequence before this does. */
    private static final int MAX_CONTEXT = 1 << 24;

    private final VirtualClock clock;
    private final IterationTime time;
    private final double swapNanosPerBlock;
    private final Scripts scripts;
    private final StepObserver observer;
    private final BlockLedger kv;
    private final EngineSpec spec;
    private final Optional<ChatFormat> format;

    /** Told of what a step did. */
    interface StepObserver {
        /** A step is over; the clock shows its end. */
        void stepped(Batch batch, int tokens);

        /** A request, by the number of its script, has a token more; so far in this segment, this one included: {@code place}. */
        void sampled(int request, int place);
    }

    SimulatedEngine(VirtualClock clock, HardwareProfile profile, Scripts scripts, StepObserver observer) {
        this.clock = clock;
        this.time = profile.iterationTime();
        this.swapNanosPerBlock = profile.swapSecondsPerToken() * profile.blockSize() * 1e9;
        this.scripts = scripts;
        this.observer = observer;
        this.kv = new BlockLedger(profile.blockSize(), profile.kvBlocks(),
                (int) Math.min(Integer.MAX_VALUE, profile.hostBlocks()));
        this.spec = new EngineSpec(profile.name(), ScriptTokens.SIZE, MAX_CONTEXT, scripts.endTokens(),
                profile.maxBatchTokens(),
                profile.maxSequences(), SamplingOptions.greedy());
        this.format = Optional.of(scripts.format());
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
        return format;
    }

    @Override
    public StepOutcome step(Batch batch) {
        List<Slice> slices = batch.slices();
        StepLoad load = StepLoad.of(batch);
        // Copies run beside the forward pass; what they take longer is the iteration's.
        long forward = slices.isEmpty() ? 0 : time.nanos(load);
        long copies = Math.round(batch.movedBlocks() * swapNanosPerBlock);
        clock.advance(Math.max(forward, copies));
        List<Sample> samples = new ArrayList<>(slices.size());
        for (int i = 0; i < slices.size(); i++) {
            if (slices.get(i).samples()) {
                Scripts.Next next = scripts.next(slices.get(i).sequence());
                observer.sampled(next.request(), next.place());
                samples.add(next.sample());
            }
        }
        observer.stepped(batch, load.tokens());
        return new StepOutcome.Completed(samples);
    }
}
