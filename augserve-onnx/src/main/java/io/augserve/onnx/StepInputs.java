package io.augserve.onnx;

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
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The inputs of a decoder graph that change with every step, packed from a batch into memory that is used again: token ids one
 * sequence behind the other, where each sequence begins, how much of it is cached, its block table, the rows whose logits are wanted,
 * and, for graphs that ask for them, the tokens' positions.
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

    StepInputs(OrtEnvironment environment, DecoderSignature signature, int maxTokens, int maxSequences) {
        this.maxTokens = maxTokens;
        this.maxSequences = maxSequences;
        ids = tensor(environment, signature.inputIds(), ElementType.INT64, maxTokens);
        cumulative = tensor(environment, signature.cumulativeSequenceLength(), ElementType.INT32, maxSequences + 1L);
        past = tensor(environment, signature.pastSeqlens(), ElementType.INT32, maxSequences);
        // As wide as the longest sequence, which is the cache's to know.
        table = tensor(environment, signature.blockTable(), ElementType.INT32, Integer.MAX_VALUE);
        logitRows = tensor(environment, signature.logitRows(), ElementType.INT64, maxSequences);
        positions = signature.positionIds().map(name -> tensor(environment, name, ElementType.INT64, maxTokens));
    }

    private StepTensor tensor(OrtEnvironment environment, String name, ElementType type, long most) {
        return tensors.add(new StepTensor(environment, name, type, most));
    }

    /**
     * Packs a batch and binds it for the next run.
     *
     * @return rows of logits that the run will give, one for each slice that samples
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
        int width = packTables(slices, kv);
        positions.ifPresent(tensor -> packPositions(slices, tensor.memory(tokens)));
        ids.bindInput(binding, tokens);
        cumulative.bindInput(binding, slices.size() + 1L);
        past.bindInput(binding, slices.size());
        table.bindInput(binding, slices.size(), width);
        logitRows.bindInput(binding, rows);
        positions.ifPresent(tensor -> tensor.bindInput(binding, tokens));
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
