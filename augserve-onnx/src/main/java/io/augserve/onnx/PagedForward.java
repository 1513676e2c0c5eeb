package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.onnx.graph.DecoderSignature;
import io.augserve.onnx.graph.PagedModel;
import io.augserve.onnx.kv.KvPools;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtSession;
import java.lang.foreign.MemorySegment;

/** One run of a graph that packs all slices of a batch and attends to the KV pools in place. */
final class PagedForward implements HostForward {
    private final Resources resources = new Resources();
    private final DecoderSignature signature;
    private final PagedKvCache kv;
    private final StepInputs inputs;
    private final StepTensor logits;
    private final IoBinding binding;
    private MemorySegment sampled = MemorySegment.NULL;

    PagedForward(OrtEnvironment environment, OrtSession session, PagedModel model, PagedKvCache kv, KvPools pools,
            OnnxOptions options) {
        this.signature = model.signature();
        this.kv = kv;
        inputs = resources.add(
                new StepInputs(environment, signature, options));
        logits = resources.add(new StepTensor(environment, signature.logits(), ElementType.FLOAT,
                (long) options.maxSequences() * signature.vocabSize(), false));
        binding = resources.add(session.bind());
        pools.bind(binding, signature.keyCaches(), signature.valueCaches());
    }

    @Override
    public void assemble(Batch batch) {
        int rows = inputs.bind(batch, kv, binding);
        sampled = logits.memory((long) rows * signature.vocabSize());
        logits.bindOutput(binding, rows, signature.vocabSize());
    }

    @Override
    public void run() {
        binding.run();
    }

    @Override
    public MemorySegment logits() {
        return sampled;
    }

    @Override
    public void close() {
        resources.close();
    }
}
