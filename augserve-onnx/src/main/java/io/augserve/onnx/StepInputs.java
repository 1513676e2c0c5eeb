package io.augserve.onnx;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.augserve.engine.Batch;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.onnx.graph.DecoderSignature;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a decoder graph that change with every step, packed from a batch into memory that is allocated once for the largest
 * step: token ids one sequence behind the other, where each sequence begins, how much of it is cached, its block table, and the rows
 * whose logits are wanted.
 */
final class StepInputs implements AutoCloseable {
    private final OrtEnvironment environment;
    private final DecoderSignature signature;
    private final Arena arena = Arena.ofShared();
    private final int maxTokens;
    private final int maxSequences;
    private final MemorySegment ids;
    private final MemorySegment cumulative;
    private final MemorySegment past;
    private final MemorySegment logitRows;
    private MemorySegment table;
    private final List<DeviceTensor> bound = new ArrayList<>();

    StepInputs(OrtEnvironment environment, DecoderSignature signature, int maxTokens, int maxSequences) {
        this.environment = environment;
        this.signature = signature;
        this.maxTokens = maxTokens;
        this.maxSequences = maxSequences;
        ids = arena.allocate(JAVA_LONG, maxTokens);
        cumulative = arena.allocate(JAVA_INT, maxSequences + 1L);
        past = arena.allocate(JAVA_INT, maxSequences);
        logitRows = arena.allocate(JAVA_LONG, maxSequences);
        table = arena.allocate(JAVA_INT, maxSequences * 16L);
    }

    /**
     * Packs a batch and binds it for the next run.
     *
     * @throws IllegalArgumentException if the batch is larger than the largest step
     */
    void bind(Batch batch, PagedKvCache kv, IoBinding binding) {
        List<Slice> slices = batch.slices();
        if (batch.tokens() > maxTokens || slices.size() > maxSequences) {
            throw new IllegalArgumentException("a batch of " + batch.tokens() + " tokens in " + slices.size()
                    + " slices: expected at most " + maxTokens + " in " + maxSequences);
        }
        int width = packTables(slices, kv);
        int token = 0;
        int rows = 0;
        for (int i = 0; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            past.setAtIndex(JAVA_INT, i, slice.start());
            cumulative.setAtIndex(JAVA_INT, i, token);
            Sequence sequence = slice.sequence();
            for (int position = slice.start(); position < slice.end(); position++) {
                ids.setAtIndex(JAVA_LONG, token++, sequence.token(position));
            }
            if (slice.samples()) {
                logitRows.setAtIndex(JAVA_LONG, rows++, token - 1L);
            }
        }
        cumulative.setAtIndex(JAVA_INT, slices.size(), token);
        release();
        bind(binding, signature.inputIds(), ids, ElementType.INT64, token);
        bind(binding, signature.cumulativeSequenceLength(), cumulative, ElementType.INT32, slices.size() + 1L);
        bind(binding, signature.pastSeqlens(), past, ElementType.INT32, slices.size());
        bind(binding, signature.blockTable(), table, ElementType.INT32, slices.size(), width);
        bind(binding, signature.logitRows(), logitRows, ElementType.INT64, rows);
    }

    /** Rows of the table are padded with block 0, which no kernel reads beyond a sequence's length. */
    private int packTables(List<Slice> slices, PagedKvCache kv) {
        int width = 1;
        for (Slice slice : slices) {
            width = Math.max(width, kv.table(slice.sequence().id()).size());
        }
        if ((long) slices.size() * width * JAVA_INT.byteSize() > table.byteSize()) {
            // Lives until close: the sizes at least double, so all of them together take no more than twice the largest.
            table = arena.allocate(JAVA_INT, Math.max(table.byteSize() / 2, (long) slices.size() * width));
        }
        table.fill((byte) 0);
        for (int i = 0; i < slices.size(); i++) {
            kv.table(slices.get(i).sequence().id()).copyTo(table, (long) i * width);
        }
        return width;
    }

    private void bind(IoBinding binding, String name, MemorySegment memory, ElementType type, long... shape) {
        DeviceTensor tensor = DeviceTensor.wrap(environment, memory, type, shape);
        bound.add(tensor);
        binding.bindInput(name, tensor);
    }

    private void release() {
        bound.forEach(DeviceTensor::close);
        bound.clear();
    }

    @Override
    public void close() {
        release();
        arena.close();
    }
}
