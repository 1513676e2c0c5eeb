package io.augserve.profile;

import io.augserve.engine.Batch;
import io.augserve.engine.BlockMove;
import io.augserve.engine.Engine;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.KvCache;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.engine.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;

/** Runs steps of synthetic sequences on an engine and looks at the clock; closing gives back whatever it holds. */
final class StepProbe implements AutoCloseable {
    /** Servers count their sequences upwards from 1. Never the same twice, because a sequence that ended is not seen again. */
    private static final AtomicLong NEXT_ID = new AtomicLong(-1_000);

    private final Engine engine;
    private final KvCache kv;
    private final Ticker ticker;
    private final List<ForcedSequence> open = new ArrayList<>();

    /**
     * What some sequences do in a step.
     *
     * @param sequences who
     * @param tokens that each of them computes
     * @param samples whether each samples one after them
     */
    record Advance(List<ForcedSequence> sequences, int tokens, boolean samples) {
        static Advance prefill(List<ForcedSequence> sequences, int tokens) {
            return new Advance(sequences, tokens, false);
        }

        static Advance decode(List<ForcedSequence> sequences) {
            return new Advance(sequences, 1, true);
        }
    }

    /**
     * A step that ran.
     *
     * @param batch what it did
     * @param seconds how long it took; more than 0
     */
    record Timed(Batch batch, double seconds) {}

    StepProbe(Engine engine, Ticker ticker) {
        this.engine = engine;
        this.kv = engine.kvCache();
        this.ticker = ticker;
    }

    /** New sequences without tokens. */
    List<ForcedSequence> sequences(int count) {
        List<ForcedSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(sequence(NEXT_ID.getAndDecrement()));
        }
        open.addAll(sequences);
        return sequences;
    }

    /** Arbitrary valid tokens, since only their number matters; no two sequences begin alike. */
    private ForcedSequence sequence(long id) {
        long vocabulary = engine.spec().vocabularySize();
        return new ForcedSequence(id, position -> (int) Math.floorMod(31 * id + position, vocabulary),
                engine.spec().defaultSampling());
    }

    /**
     * Runs a step; nothing happens if it exceeds the engine's limits or the blocks that are free.
     *
     * @throws ProfilingException if the step fails
     */
    Optional<Timed> step(Advance... advances) {
        int slices = 0;
        int tokens = 0;
        long blocks = 0;
        for (Advance advance : advances) {
            slices += advance.sequences().size();
            tokens += advance.sequences().size() * advance.tokens();
            for (ForcedSequence sequence : advance.sequences()) {
                int end = sequence.computed() + advance.tokens();
                // A prefill chunk knows one token more than it computes.
                if (end + (advance.samples() ? 0 : 1) > engine.spec().maxContext()) {
                    return Optional.empty();
                }
                blocks += kv.needed(sequence.id(), end);
            }
        }
        if (slices == 0 || slices > engine.spec().maxSequences() || tokens > engine.spec().maxBatchTokens()
                || blocks > kv.free()) {
            return Optional.empty();
        }
        List<Slice> batch = new ArrayList<>();
        for (Advance advance : advances) {
            for (ForcedSequence sequence : advance.sequences()) {
                if (!advance.samples()) {
                    sequence.know(sequence.computed() + advance.tokens() + 1);
                }
                batch.add(sequence.advance(advance.tokens()));
                kv.reserve(sequence.id(), sequence.computed());
            }
        }
        return Optional.of(run(new Batch(batch)));
    }

    /**
     * Moves as many blocks of a sequence as there is room for to host memory and back.
     *
     * @return seconds per token and direction; empty if no block could move
     * @throws ProfilingException if a step fails
     */
    OptionalDouble swap(ForcedSequence sequence) {
        int blocks = Math.min(kv.held(sequence.id()), kv.hostFree());
        if (blocks == 0) {
            return OptionalDouble.empty();
        }
        List<BlockMove> move = List.of(new BlockMove(sequence.id(), blocks));
        kv.swapOut(sequence.id(), blocks);
        double out = run(new Batch(List.of(), move, List.of())).seconds();
        kv.swapIn(sequence.id(), blocks);
        double in = run(new Batch(List.of(), List.of(), move)).seconds();
        return OptionalDouble.of((out + in) / 2 / ((double) blocks * kv.blockSize()));
    }

    private Timed run(Batch batch) {
        long start = ticker.nanos();
        StepOutcome outcome;
        try {
            outcome = engine.step(batch);
        } catch (RuntimeException e) {
            throw failed(batch, e);
        }
        long nanos = ticker.nanos() - start;
        if (outcome instanceof StepOutcome.Failed failure) {
            throw failed(batch, failure.cause());
        }
        // A clock may be too coarse for the step, but no step is free.
        return new Timed(batch, Math.max(1, nanos) / 1e9);
    }

    private static ProfilingException failed(Batch batch, Throwable cause) {
        return new ProfilingException("the engine failed to run a step of " + batch.slices().size() + " sequences, "
                + batch.tokens() + " tokens and " + batch.movedBlocks() + " moved blocks while it was measured: "
                + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        endAll();
    }

    /** Ends all sequences that there are, so that the engine is as empty as before. */
    void endAll() {
        List<ForcedSequence> ended = List.copyOf(open);
        open.clear();
        ended.forEach(sequence -> kv.release(sequence.id()));
        ended.forEach(sequence -> engine.ended(sequence.id()));
    }
}
