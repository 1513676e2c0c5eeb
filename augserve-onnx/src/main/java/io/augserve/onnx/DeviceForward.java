package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import io.augserve.onnx.graph.DecoderSignature;
import io.augserve.onnx.graph.PagedModel;
import io.augserve.onnx.graph.RowGraph;
import io.augserve.onnx.graph.SamplingHead;
import io.augserve.onnx.kv.KvPools;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import io.augserve.onnx.sampling.TopSampler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One run of a graph whose logits stay on the device: what crosses to the host in every step are the highest logits of each row and two sums
 * ({@link SamplingHead}), and of whole rows only those that are asked for.
 */
final class DeviceForward implements Forward {
    private final Resources resources = new Resources();
    private final DecoderSignature signature;
    private final SamplingHead head;
    private final PagedKvCache kv;
    private final StepInputs inputs;
    private final IoBinding binding;
    private final StepTensor topLogits;
    private final StepTensor topIds;
    private final StepTensor totals;
    private final StepTensor temperedTotals;
    private final IoBinding take;
    private final StepTensor takenRows;
    private final StepTensor taken;
    private final TopStepSampler sampler;

    /** @param options of the session */
    DeviceForward(OrtEnvironment environment, OrtSession session, PagedModel model, SamplingHead head, PagedKvCache kv,
            KvPools pools, OnnxOptions engine, SessionOptions options) {
        this.signature = model.signature();
        this.head = head;
        this.kv = kv;
        int rows = engine.maxSequences();
        inputs = resources.add(new StepInputs(environment, signature, engine));
        binding = resources.add(session.bind());
        pools.bind(binding, signature.keyCaches(), signature.valueCaches());
        topLogits = output(environment, head.logits(), ElementType.FLOAT, (long) rows * head.k());
        topIds = output(environment, head.ids(), ElementType.INT64, (long) rows * head.k());
        totals = output(environment, head.total(), ElementType.FLOAT, rows);
        temperedTotals = output(environment, head.temperedTotal(), ElementType.FLOAT, rows);
        binding.bindOutputToDevice(signature.logits(), session.device());
        OrtSession taking = resources.add(environment.openSession(RowGraph.of(signature.vocabSize()),
                SessionOptions.defaults().withIntraOpThreads(1).withDevice(options.device())
                        .withDeviceOptions(options.deviceOptions())));
        take = resources.add(taking.bind());
        takenRows = resources.add(new StepTensor(environment, RowGraph.ROWS, ElementType.INT64, rows, true));
        taken = output(environment, RowGraph.TAKEN, ElementType.FLOAT, (long) rows * signature.vocabSize());
        sampler = new TopStepSampler(this, head.k(), signature.vocabSize());
    }

    private StepTensor output(OrtEnvironment environment, String name, ElementType type, long most) {
        return resources.add(new StepTensor(environment, name, type, most, false));
    }

    @Override
    public void assemble(Batch batch) {
        int rows = inputs.bind(batch, kv, binding);
        long top = (long) rows * head.k();
        topLogits.memory(top);
        topLogits.bindOutput(binding, rows, head.k());
        topIds.memory(top);
        topIds.bindOutput(binding, rows, head.k());
        totals.memory(rows);
        totals.bindOutput(binding, rows, 1);
        temperedTotals.memory(rows);
        temperedTotals.bindOutput(binding, rows, 1);
    }

    @Override
    public void run() {
        binding.run();
    }

    @Override
    public List<Sample> sample(Batch batch, StepSampler whole) {
        return sampler.sample(batch, whole);
    }

    /** Highest logits of every row, float [rows, k], of the last run. */
    MemorySegment topLogits() {
        return topLogits.memory(0);
    }

    /** Their tokens, int64 [rows, k]. */
    MemorySegment topIds() {
        return topIds.memory(0);
    }

    TopSampler.Sums sums(int row) {
        return new TopSampler.Sums(totals.memory(0).getAtIndex(ValueLayout.JAVA_FLOAT, row),
                temperedTotals.memory(0).getAtIndex(ValueLayout.JAVA_FLOAT, row));
    }

    /** Whole rows of the last run, float [rows.size(), vocabulary]; valid until asked for again. */
    MemorySegment rows(List<Integer> rows) {
        MemorySegment indices = takenRows.memory(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            indices.setAtIndex(ValueLayout.JAVA_LONG, i, rows.get(i));
        }
        MemorySegment memory = taken.memory((long) rows.size() * signature.vocabSize());
        try (DeviceTensor logits = binding.output(signature.logits())) {
            take.bindInput(RowGraph.LOGITS, logits);
            takenRows.bindInput(take, rows.size());
            taken.bindOutput(take, rows.size(), signature.vocabSize());
            take.run();
        }
        return memory;
    }

    @Override
    public void close() {
        resources.close();
    }
}
