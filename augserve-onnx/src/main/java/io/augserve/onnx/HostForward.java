package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A forward pass whose logits come back to the host. */
interface HostForward extends Forward {
    /** What the last run gave: float [rows, vocabulary]. */
    MemorySegment logits();

    @Override
    default List<Sample> sample(Batch batch, StepSampler sampler) {
        return sampler.sample(batch, logits());
    }
}
