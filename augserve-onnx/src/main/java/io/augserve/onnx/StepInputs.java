package io.augserve.onnx;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.augserve.engine.Batch;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.onnx.graph.DecoderSignature;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.sampling.TopSampler;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The inputs of a decoder graph that change with every step, packed from a batch into memory that is used again: token ids one
 * sequence behind the other, where each sequence begins, how much of it is cached, its block table, the rows whose logits are wanted,
 * and, for graphs that ask for them, the tokens' positions, bounds of the lengths, and the temperatures of the rows.
 */
final class StepInputs implements AutoCloseable {
    private final Resources tensors = new Resources();
    private final int maxTokens;
    private final int maxSequences;
    private final StepTensor ids;
    private final StepTensor cumulative;
    private final StepTensor past;
    private final StepTensor table;
    private final StepTensor logitRows;
    private final Optional<StepTensor> positions;
    /** In the CPU's memory on every device. */
    private final Optional<StepTensor> metadata;
    private final Optional<StepTensor> inverseTemperatures;
    private final boolean copied;

    StepInputs(OrtEnvironment environment, DecoderSignature signature, OnnxOptions options) {
        maxTokens = options.maxBatchTokens();
        maxSequences = options.maxSequences();
        copied = !options.device().isAddressed();
        ids = tensor(environment, signature.inputIds(), ElementType.INT64, maxTokens);
        cumulative = tensor(environment, signature.cumulativeSequenceLength(), ElementType.INT32, maxSequences + 1L);
        past = tensor(environment, signature.pastSeqlens(), ElementType.INT32, maxSequences);
        // As wide as the longest sequence, which is the cache's to know.
        table = tensor(environment, signature.blockTable(), ElementType.INT32, Integer.MAX_VALUE);
        logitRows = tensor(environment, signature.logitRows(), ElementType.INT64, maxSequences);
        positions = signature.positionIds().map(name -> tensor(environment, name, ElementType.INT64, maxTokens));
        metadata = signature.attentionMetadata().map(name -> tensor(environment, name, ElementType.INT32, 2));
        inverseTemperatures = signature.sampling()
                .map(head -> tensor(environment, head.inverseTemperatures(), ElementType.FLOAT, maxSequences));
    }

    private StepTensor tensor(OrtEnvironment environment, String name, ElementType type, long most) {
        return tensors.add(new StepTensor(environment, name, type, most, copied));
    }

    /**
     * Packs a batch and binds it for the next run.
     *
     * @return rows of logits that the run will give, one for each slice that samples; one if none does and the graph samples, because a device's
     *         operators need not know what to do with nothing
     * @throws IllegalArgumentException if the batch is larger than the largest step
     */
    int bind(Batch batch, PagedKvCache kv, IoBinding binding) {
        List<Slice> slices = batch.slices();
        int tokens = batch.tokens();
        if (tokens > maxTokens || slices.size() > maxSequences) {
            throw new IllegalArgumentException("a batch of " + tokens + " tokens in " + slices.size()
                    + " slices: expected at most " + maxTokens + " in " + maxSequences);
        }
        int rows = pack(slices, tokens);
        if (rows == 0 && inverseTemperatures.isPresent()) {
            logitRows.memory(1).setAtIndex(JAVA_LONG, 0, 0);
            rows = 1;
        }
        int width = packTables(slices, kv);
        positions.ifPresent(tensor -> packPositions(slices, tensor.memory(tokens)));
        ids.bindInput(binding, tokens);
        cumulative.bindInput(binding, slices.size() + 1L);
        past.bindInput(binding, slices.size());
        table.bindInput(binding, slices.size(), width);
        logitRows.bindInput(binding, rows);
        positions.ifPresent(tensor -> tensor.bindInput(binding, tokens));
        metadata.ifPresent(tensor -> {
            packMetadata(slices, tensor.memory(2));
            tensor.bindInput(binding, 2);
        });
        if (inverseTemperatures.isPresent()) {
            StepTensor tensor = inverseTemperatures.get();
            packTemperatures(slices, tensor.memory(rows));
            tensor.bindInput(binding, rows, 1);
        }
        return rows;
    }

    private int pack(List<Slice> slices, int tokens) {
        MemorySegment idMemory = ids.memory(tokens);
        MemorySegment cumulativeMemory = cumulative.memory(slices.size() + 1L);
        MemorySegment pastMemory = past.memory(slices.size());
        MemorySegment rowMemory = logitRows.memory(slices.size());
        int token = 0;
        int rows = 0;
        for (int i = 0; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            pastMemory.setAtIndex(JAVA_INT, i, slice.start());
            cumulativeMemory.setAtIndex(JAVA_INT, i, token);
            Sequence sequence = slice.sequence();
            for (int position = slice.start(); position < slice.end(); position++) {
                idMemory.setAtIndex(JAVA_LONG, token++, sequence.token(position));
            }
            if (slice.samples()) {
                rowMemory.setAtIndex(JAVA_LONG, rows++, token - 1L);
            }
        }
        cumulativeMemory.setAtIndex(JAVA_INT, slices.size(), token);
        return rows;
    }

    private static void packPositions(List<Slice> slices, MemorySegment memory) {
        int token = 0;
        for (Slice slice : slices) {
            for (int position = slice.start(); position < slice.end(); position++) {
                memory.setAtIndex(JAVA_LONG, token++, position);
            }
        }
    }

    private static void packMetadata(List<Slice> slices, MemorySegment memory) {
        int longestQuery = 0;
        int longestContext = 0;
        for (Slice slice : slices) {
            longestQuery = Math.max(longestQuery, slice.count());
            longestContext = Math.max(longestContext, slice.end());
        }
        memory.setAtIndex(JAVA_INT, 0, longestQuery);
        memory.setAtIndex(JAVA_INT, 1, longestContext);
    }

    private static void packTemperatures(List<Slice> slices, MemorySegment memory) {
        memory.setAtIndex(JAVA_FLOAT, 0, 1);
        int row = 0;
        for (Slice slice : slices) {
            if (slice.samples()) {
                float inverse = TopSampler.inverseTemperature(slice.sequence().sampling());
                memory.setAtIndex(JAVA_FLOAT, row++, inverse);
            }
        }
    }

    /** Rows of the table are padded with block 0, which no kernel reads beyond a sequence's length. */
    private int packTables(List<Slice> slices, PagedKvCache kv) {
        int width = 1;
        for (Slice slice : slices) {
            width = Math.max(width, kv.table(slice.sequence().id()).size());
        }
        long elements = (long) slices.size() * width;
        MemorySegment memory = table.memory(elements);
        memory.asSlice(0, elements * JAVA_INT.byteSize()).fill((byte) 0);
        for (int i = 0; i < slices.size(); i++) {
            kv.table(slices.get(i).sequence().id()).copyTo(memory, (long) i * width);
        }
        return width;
    }

    @Override
    public void close() {
        tensors.close();
    }
}
