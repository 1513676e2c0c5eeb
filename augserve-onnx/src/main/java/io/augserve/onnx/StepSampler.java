package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.onnx.grammar.ConstrainedTurns;
import io.augserve.onnx.grammar.Constraints;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.sampling.RowMask;
import io.augserve.onnx.sampling.Sampler;
import io.augserve.request.OutputConstraint;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Samples all rows of a step, spread over the workers. Every sequence has its sampler, by its id, because a sampler remembers how often tokens of a
 * sequence occur, and where a constrained one stands; sequences that run together have neighbouring ids, so this spreads them well. Confined to
 * one thread.
 */
final class StepSampler {
    /** Logits below which waking another thread takes longer than it saves. */
    private static final long MIN_SPREAD_LOGITS = 1 << 18;

    private final Workers workers;
    private final int vocabularySize;
    private final Sampler[] samplers;
    private final ConstrainedTurns[] turns;
    private final IntConsumer task = this::sample;
    private Sequence[] sequences = {};
    private Sample[] samples = {};
    private int rows;
    private MemorySegment logits = MemorySegment.NULL;

    StepSampler(Workers workers, int vocabularySize, Constraints constraints) {
        this.workers = workers;
        this.vocabularySize = vocabularySize;
        this.samplers = new Sampler[workers.threads()];
        Arrays.setAll(samplers, _ -> new Sampler(vocabularySize));
        this.turns = new ConstrainedTurns[workers.threads()];
        Arrays.setAll(turns, _ -> new ConstrainedTurns(constraints));
    }

    /**
     * Samples once for each slice of the batch that wants it.
     *
     * @param memory [slices that sample, vocabulary], in their order
     */
    List<Sample> sample(Batch batch, MemorySegment memory) {
        gather(batch);
        return sampleGathered(memory);
    }

    /**
     * Samples once for each of some sequences.
     *
     * @param memory [asked, vocabulary], in their order
     */
    List<Sample> sample(List<Sequence> asked, MemorySegment memory) {
        sequences = asked.toArray(sequences);
        rows = asked.size();
        return sampleGathered(memory);
    }

    private List<Sample> sampleGathered(MemorySegment memory) {
        logits = memory;
        samples = new Sample[rows];
        if ((long) rows * vocabularySize >= MIN_SPREAD_LOGITS) {
            workers.run(samplers.length, task);
        } else {
            for (int i = 0; i < samplers.length; i++) {
                sample(i);
            }
        }
        logits = MemorySegment.NULL;
        return Arrays.asList(samples);
    }

    private void gather(Batch batch) {
        rows = 0;
        if (sequences.length < batch.slices().size()) {
            sequences = new Sequence[2 * batch.slices().size()];
        }
        for (Slice slice : batch.slices()) {
            if (slice.samples()) {
                sequences[rows++] = slice.sequence();
            }
        }
    }

    /** The rows of one sampler. */
    private void sample(int which) {
        long rowBytes = (long) vocabularySize * Float.BYTES;
        for (int row = 0; row < rows; row++) {
            if (sampler(sequences[row].id()) == which) {
                samples[row] = sample(which, row * rowBytes, sequences[row]);
            }
        }
    }

    private Sample sample(int which, long offset, Sequence sequence) {
        if (!isConstrained(sequence)) {
            return samplers[which].sample(logits, offset, sequence);
        }
        RowMask mask;
        try {
            mask = turns[which].mask(sequence);
        } catch (IllegalArgumentException e) {
            return new Sample.Fault(String.valueOf(e.getMessage()));
        }
        return samplers[which].sample(logits, offset, sequence, mask);
    }

    /** Whether a sequence is sampled from its whole row of logits, masked. */
    static boolean isConstrained(Sequence sequence) {
        return !sequence.constraint().equals(OutputConstraint.NONE);
    }

    private int sampler(long sequence) {
        return Math.floorMod(sequence, samplers.length);
    }

    /** Drops what is remembered of a sequence. */
    void forget(long sequence) {
        samplers[sampler(sequence)].forget(sequence);
        turns[sampler(sequence)].forget(sequence);
    }
}
