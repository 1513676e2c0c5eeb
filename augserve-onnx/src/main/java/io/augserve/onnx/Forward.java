package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import java.util.List;

/** The forward pass of a loaded model over batches, whose KV blocks have been reserved. Confined to the thread that steps the engine. */
interface Forward extends AutoCloseable {
    /** Makes the inputs of a batch; the run will give a row of logits for each slice that samples. */
    void assemble(Batch batch);

    /** Computes what was assembled. May be repeated as long as the batch's sequences hold their blocks. */
    void run();

    /**
     * Samples once for each slice of the batch that wants it, from what the last run gave.
     *
     * @param sampler of whole rows
     */
    List<Sample> sample(Batch batch, StepSampler sampler);

    @Override
    void close();
}
