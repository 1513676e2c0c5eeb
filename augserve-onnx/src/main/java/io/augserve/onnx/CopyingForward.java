package io.augserve.onnx;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.augserve.engine.Batch;
import io.augserve.engine.Slice;
import io.augserve.onnx.graph.CopyingModel;
import io.augserve.onnx.kv.BlockTable;
import io.augserve.onnx.kv.KvPools;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.runtime.Device;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.onnx.runtime.OrtSession;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A run for every slice, of a graph that takes a sequence's past keys and values and gives all of them back. The KV pools stay where KV
 * lives between steps, so that sharing, preemption and swapping are as everywhere: before a run a sequence's blocks are gathered from
 * [block, position, head] to [head, position], and after it what is new is scattered back.
 */
final class CopyingForward implements HostForward {
    private final CopyingModel model;
    private final PagedKvCache kv;
    private final KvPools pools;
    private final Resources resources = new Resources();
    private final IoBinding binding;
    private final StepTensor ids;
    private final Optional<StepTensor> mask;
    private final Optional<StepTensor> positions;
    private final List<StepTensor> pasts;
    private final StepTensor logits;
    private final long headBytes;
    private List<Slice> slices = List.of();

    CopyingForward(OrtEnvironment environment, OrtSession session, CopyingModel model, PagedKvCache kv, KvPools pools,
            OnnxOptions options) {
        this.model = model;
        this.kv = kv;
        this.pools = pools;
        headBytes = model.kvType().bytes(model.headSize());
        ids = tensor(environment, model.inputIds(), ElementType.INT64);
        mask = model.attentionMask().map(name -> tensor(environment, name, ElementType.INT64));
        positions = model.positionIds().map(name -> tensor(environment, name, ElementType.INT64));
        pasts = model.pasts().stream().map(name -> tensor(environment, name, model.kvType())).toList();
        logits = resources.add(new StepTensor(environment, model.logits(), ElementType.FLOAT,
                (long) options.maxSequences() * model.vocabSize(), false));
        binding = resources.add(session.bind());
        model.presents().forEach(name -> binding.bindOutputToDevice(name, Device.CPU));
        binding.bindOutputToDevice(model.logits(), Device.CPU);
        model.logitsToKeep().ifPresent(name -> {
            DeviceTensor one = resources.add(DeviceTensor.zeros(environment, ElementType.INT64));
            one.segment().set(JAVA_LONG, 0, 1);
            binding.bindInput(name, one);
        });
    }

    private StepTensor tensor(OrtEnvironment environment, String name, ElementType type) {
        return resources.add(new StepTensor(environment, name, type, Long.MAX_VALUE / 16, false));
    }

    @Override
    public void assemble(Batch batch) {
        slices = batch.slices();
        logits.memory((long) batch.samples() * model.vocabSize());
    }

    @Override
    public void run() {
        int row = 0;
        for (Slice slice : slices) {
            bindTokens(slice);
            gather(slice);
            binding.run();
            scatter(slice);
            if (slice.samples()) {
                takeLogits(row++);
            }
        }
    }

    private void bindTokens(Slice slice) {
        MemorySegment tokens = ids.memory(slice.count());
        for (int i = 0; i < slice.count(); i++) {
            tokens.setAtIndex(JAVA_LONG, i, slice.sequence().token(slice.start() + i));
        }
        ids.bindInput(binding, 1, slice.count());
        mask.ifPresent(tensor -> {
            MemorySegment ones = tensor.memory(slice.end());
            for (int i = 0; i < slice.end(); i++) {
                ones.setAtIndex(JAVA_LONG, i, 1);
            }
            tensor.bindInput(binding, 1, slice.end());
        });
        positions.ifPresent(tensor -> {
            MemorySegment memory = tensor.memory(slice.count());
            for (int i = 0; i < slice.count(); i++) {
                memory.setAtIndex(JAVA_LONG, i, (long) slice.start() + i);
            }
            tensor.bindInput(binding, 1, slice.count());
        });
    }

    private void gather(Slice slice) {
        int past = slice.start();
        for (int i = 0; i < pasts.size(); i++) {
            StepTensor tensor = pasts.get(i);
            MemorySegment memory = tensor.memory((long) model.kvHeads() * past * model.headSize());
            copy(slice, pool(i), memory, 0, past, past, false);
            tensor.bindInput(binding, 1, model.kvHeads(), past, model.headSize());
        }
    }

    private void scatter(Slice slice) {
        for (int i = 0; i < pasts.size(); i++) {
            try (DeviceTensor present = binding.output(model.presents().get(i))) {
                long[] shape = present.shape();
                if (shape.length != 4 || shape[1] != model.kvHeads() || shape[2] != slice.end()
                        || shape[3] != model.headSize()) {
                    throw new OrtException(model.presents().get(i) + ": expected [1, " + model.kvHeads() + ", "
                            + slice.end() + ", " + model.headSize() + "], got " + present);
                }
                copy(slice, pool(i), present.segment(), slice.start(), slice.end(), slice.end(), true);
            }
        }
    }

    /** Keys and values in turn, layer by layer. */
    private MemorySegment pool(int index) {
        return (index % 2 == 0 ? pools.keys(index / 2) : pools.values(index / 2)).segment();
    }

    /**
     * Copies positions [from, to) of a sequence between a pool and a dense tensor [heads, length, headSize].
     *
     * @param back whether into the pool
     */
    private void copy(Slice slice, MemorySegment pool, MemorySegment dense, int from, int to, int length,
            boolean back) {
        BlockTable table = kv.table(slice.sequence().id());
        int heads = model.kvHeads();
        for (int position = from; position < to; position++) {
            long block = table.block(position / kv.blockSize());
            long paged = (block * kv.blockSize() + position % kv.blockSize()) * heads * headBytes;
            for (int head = 0; head < heads; head++) {
                long inPool = paged + head * headBytes;
                long inDense = ((long) head * length + position) * headBytes;
                if (back) {
                    MemorySegment.copy(dense, inDense, pool, inPool, headBytes);
                } else {
                    MemorySegment.copy(pool, inPool, dense, inDense, headBytes);
                }
            }
        }
    }

    /** The last token's, which are the last row. */
    private void takeLogits(int row) {
        int vocabulary = model.vocabSize();
        try (DeviceTensor all = binding.output(model.logits())) {
            MemorySegment from = all.segment();
            long width = (long) vocabulary * all.type().bytes();
            if (from.byteSize() < width || from.byteSize() % width != 0) {
                throw new OrtException("expected rows of " + vocabulary + " logits, got " + all);
            }
            MemorySegment last = from.asSlice(from.byteSize() - width, width);
            MemorySegment to = logits().asSlice((long) row * vocabulary * Float.BYTES,
                    (long) vocabulary * Float.BYTES);
            if (all.type() == ElementType.FLOAT) {
                to.copyFrom(last);
            } else {
                for (int i = 0; i < vocabulary; i++) {
                    to.setAtIndex(JAVA_FLOAT, i, Float.float16ToFloat(last.getAtIndex(JAVA_SHORT, i)));
                }
            }
        }
    }

    @Override
    public MemorySegment logits() {
        return logits.memory(0);
    }

    @Override
    public void close() {
        resources.close();
    }
}
