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
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An engine of 100 tokens that always samples its end token, counts what it computes, and keeps the tokens that it was shown. */
final class CountingEngine implements Engine {
    static final int VOCABULARY = 100;
    private static final int END = 7;

    final List<List<Integer>> computed = new ArrayList<>();
    boolean isBroken;
    boolean isClosed;
    private final BlockLedger kv = new BlockLedger(16, 64, 0);

    @Override
    public EngineSpec spec() {
        return new EngineSpec("counting", VOCABULARY, 512, Set.of(END), 64, 8, SamplingOptions.greedy());
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
        List<Sample> samples = new ArrayList<>();
        for (Slice slice : batch.slices()) {
            List<Integer> tokens = new ArrayList<>();
            for (int position = slice.start(); position < slice.end(); position++) {
                tokens.add(slice.sequence().token(position));
            }
            computed.add(tokens);
            if (slice.samples()) {
                samples.add(isBroken
                        ? new Sample.Fault("broken")
                        : new Sample.Token(new OutputToken(END, Float.NaN, List.of())));
            }
        }
        return new StepOutcome.Completed(samples);
    }

    int tokens() {
        return computed.stream().mapToInt(List::size).sum();
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
