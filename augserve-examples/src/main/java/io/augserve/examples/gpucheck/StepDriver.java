package io.augserve.examples.gpucheck;

import io.augserve.engine.Batch;
import io.augserve.engine.BlockMove;
import io.augserve.engine.Engine;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs steps of {@link ForcedSequence}s through an engine's SPI and collects what is sampled; closing ends the sequences. */
final class StepDriver implements AutoCloseable {
    private static final long FIRST_ID = -1_000_000;
    private static final SamplingOptions SAMPLING = SamplingOptions.builder().logProbs(10).build();

    private final Engine engine;
    private final List<ForcedSequence> sequences = new ArrayList<>();
    private final List<OutputToken> outputs = new ArrayList<>();

    StepDriver(Engine engine) {
        this.engine = engine;
    }

    /**
     * What a sequence does in a step.
     *
     * @param count tokens that it computes
     */
    record Part(ForcedSequence sequence, int count) {}

    KvCache kv() {
        return engine.kvCache();
    }

    int blockSize() {
        return kv().blockSize();
    }

    /** A new sequence that the engine knows of; those of one seed begin alike. */
    ForcedSequence sequence(long seed) {
        int[] tokens = new Random(seed).ints(CheckFamily.CONTEXT, 1, CheckFamily.VOCABULARY).toArray();
        ForcedSequence sequence = new ForcedSequence(FIRST_ID - sequences.size(), position -> tokens[position],
                SAMPLING);
        sequences.add(sequence);
        engine.admitted(sequence);
        return sequence;
    }

    /** Computes tokens of sequences; each samples if it has caught up with its known tokens. */
    void step(Part... parts) {
        List<Slice> slices = new ArrayList<>();
        for (Part part : parts) {
            Slice slice = part.sequence().advance(part.count());
            kv().reserve(part.sequence().id(), slice.end());
            slices.add(slice);
        }
        for (Sample sample : run(new Batch(slices))) {
            switch (sample) {
                case Sample.Token token -> outputs.add(token.output());
                case Sample.Fault fault -> throw new CheckFailedException("a row is faulty: " + fault.reason());
            }
        }
    }

    void step(ForcedSequence sequence, int count) {
        step(new Part(sequence, count));
    }

    /** Moves all blocks of a sequence to host memory. */
    void swapOut(ForcedSequence sequence) {
        int blocks = kv().held(sequence.id());
        kv().swapOut(sequence.id(), blocks);
        run(new Batch(List.of(), List.of(new BlockMove(sequence.id(), blocks)), List.of()));
    }

    /** Moves them back. */
    void swapIn(ForcedSequence sequence) {
        int blocks = kv().hostHeld(sequence.id());
        kv().swapIn(sequence.id(), blocks);
        run(new Batch(List.of(), List.of(), List.of(new BlockMove(sequence.id(), blocks))));
    }

    private List<Sample> run(Batch batch) {
        return switch (engine.step(batch)) {
            case StepOutcome.Completed completed -> completed.samples();
            case StepOutcome.Failed failed ->
                throw new CheckFailedException("a step failed: " + failed.cause().getMessage(), failed.cause());
        };
    }

    /** Everything sampled so far, in order. */
    List<OutputToken> outputs() {
        return List.copyOf(outputs);
    }

    @Override
    public void close() {
        for (ForcedSequence sequence : sequences) {
            kv().release(sequence.id());
            engine.ended(sequence.id());
        }
    }
}
