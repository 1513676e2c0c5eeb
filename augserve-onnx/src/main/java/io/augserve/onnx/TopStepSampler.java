package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.onnx.sampling.TopSampler;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Samples the rows of a step from what a device gave of them, then those for which that is not enough from the whole rows, which are fetched together.
 * Confined to one thread.
 */
final class TopStepSampler {
    private final DeviceForward forward;
    private final int vocabulary;
    private final TopSampler top;

    /** @param size logits that come back of a row */
    TopStepSampler(DeviceForward forward, int size, int vocabulary) {
        this.forward = forward;
        this.vocabulary = vocabulary;
        this.top = new TopSampler(size, vocabulary);
    }

    /** @param sampler of whole rows */
    List<Sample> sample(Batch batch, StepSampler sampler) {
        List<Sequence> sequences = batch.slices().stream().filter(Slice::samples).map(Slice::sequence).toList();
        Sample[] samples = new Sample[sequences.size()];
        List<Integer> missing = new ArrayList<>();
        for (int row = 0; row < samples.length; row++) {
            Optional<Sample> sample = ofTop(row, sequences.get(row));
            if (sample.isPresent()) {
                samples[row] = sample.get();
            } else {
                missing.add(row);
            }
        }
        if (!missing.isEmpty()) {
            MemorySegment rows = forward.rows(missing);
            List<Sample> whole = sampler.sample(missing.stream().map(sequences::get).toList(), rows);
            for (int i = 0; i < missing.size(); i++) {
                int row = missing.get(i);
                samples[row] = corrected(whole.get(i), row, rows, i, sequences.get(row));
            }
        }
        return Arrays.asList(samples);
    }

    /** Whether a sequence's logits are changed before they are sampled, so that the highest of them say nothing. */
    private static boolean changesRow(Sequence sequence) {
        return TopSampler.changesRow(sequence.sampling()) || StepSampler.isConstrained(sequence);
    }

    private Optional<Sample> ofTop(int row, Sequence sequence) {
        return changesRow(sequence)
                ? Optional.empty()
                : top.sample(forward.topLogits(), forward.topIds(), row, forward.sums(row), sequence);
    }

    private Sample corrected(Sample whole, int row, MemorySegment rows, int index, Sequence sequence) {
        return changesRow(sequence)
                ? whole
                : top.corrected(whole, forward.topLogits(), forward.topIds(), row, forward.sums(row), rows,
                        (long) index * vocabulary * Float.BYTES, sequence);
    }
}
