package io.augserve.onnx.kernel;

import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.KernelContext;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the inputs of a node, see {@link PagedAttention}, and checks their shapes. As long as they lie where they lay in the call before and have the
 * same shapes, as they do from one decode to the next, the same batch comes back and nothing is allocated. Confined to one thread.
 */
final class BatchReader {
    static final int QUERY = 0;
    static final int KEY = 1;
    static final int VALUE = 2;
    static final int KEY_CACHE = 3;
    static final int VALUE_CACHE = 4;
    static final int CUMULATIVE = 5;
    static final int PAST = 6;
    static final int BLOCK_TABLE = 7;
    static final int COS = 8;
    static final int SIN = 9;
    /** Inputs that are computed with. */
    static final List<Integer> OPERANDS = List.of(QUERY, KEY, VALUE, COS, SIN);
    private static final int FIRST_UNSUPPORTED = 10;
    private static final int LAST_UNSUPPORTED = 15;
    /** Address, rank and dimensions of ten inputs, and whether the unsupported ones are there. */
    private static final int WORDS = 10 * 10 + 6;

    private final AttentionAttributes attributes;
    private final ElementType cache;
    private final Operands operands;
    private final long[] now = new long[WORDS];
    private final long[] before = new long[WORDS];
    private PagedBatch batch = PagedBatch.NONE;

    /** How queries, keys, values and rotary tables are got as floats. */
    @FunctionalInterface
    interface Operands {
        MemorySegment floats(KernelContext context, int input);
    }

    /** A reader of floats, where they lie. */
    BatchReader(AttentionAttributes attributes, ElementType cache) {
        this(attributes, cache, KernelContext::input);
    }

    BatchReader(AttentionAttributes attributes, ElementType cache, Operands operands) {
        this.operands = operands;
        this.attributes = attributes;
        this.cache = cache;
    }

    /**
     * The inputs of a call. What the indices among them say is not checked here.
     *
     * @throws IllegalArgumentException if an input has a wrong shape or is not supported
     */
    PagedBatch read(KernelContext context) {
        look(context);
        if (!Arrays.equals(now, before)) {
            Arrays.fill(before, 0);
            batch = batch(context);
            System.arraycopy(now, 0, before, 0, WORDS);
        }
        return batch;
    }

    /** As {@link #read}, for operands that are made anew in every call. */
    PagedBatch readAnew(KernelContext context) {
        return batch(context);
    }

    private void look(KernelContext context) {
        Arrays.fill(now, 0);
        int word = 0;
        for (int input = QUERY; input <= SIN; input++) {
            if (context.hasInput(input)) {
                now[word++] = context.address(input);
                now[word++] = context.rank(input);
                for (int axis = 0; axis < context.rank(input); axis++) {
                    now[word++] = context.dimension(input, axis);
                }
            }
        }
        for (int input = FIRST_UNSUPPORTED; input <= LAST_UNSUPPORTED; input++) {
            now[word++] = context.hasInput(input) ? 1 : 0;
        }
    }

    private PagedBatch batch(KernelContext context) {
        KvLayout layout = new KvLayout(size(context, KEY_CACHE, 0), size(context, KEY_CACHE, 1),
                size(context, KEY_CACHE, 2),
                size(context, KEY_CACHE, 3), cache);
        int tokens = size(context, QUERY, 0);
        int sequences = size(context, PAST, 0);
        int tableWidth = size(context, BLOCK_TABLE, 1);
        checkSupported(context);
        if (layout.kvHeads() != attributes.kvHeads()) {
            throw new IllegalArgumentException(
                    "key_cache has " + layout.kvHeads() + " heads, but kv_num_heads is " + attributes.kvHeads());
        }
        expect(context, QUERY, "query", tokens, (long) attributes.heads() * layout.headSize());
        expect(context, KEY, "key", tokens, layout.tokenStride());
        expect(context, VALUE, "value", tokens, layout.tokenStride());
        expect(context, VALUE_CACHE, "value_cache", layout.blocks(), layout.blockSize(), layout.kvHeads(),
                layout.headSize());
        expect(context, CUMULATIVE, "cumulative_sequence_length", sequences + 1);
        expect(context, BLOCK_TABLE, "block_table", sequences, tableWidth);
        boolean rotary = attributes.rotary();
        int angles = rotary ? size(context, COS, 0) : 0;
        int half = rotary ? size(context, COS, 1) : 0;
        if (rotary) {
            expect(context, SIN, "sin_cache", angles, half);
            if (2 * half > layout.headSize()) {
                throw new IllegalArgumentException(
                        "cos_cache has " + half + " columns, more than half the head size " + layout.headSize());
            }
        }
        return new PagedBatch(operands.floats(context, QUERY), operands.floats(context, KEY),
                operands.floats(context, VALUE), context.input(KEY_CACHE),
                context.input(VALUE_CACHE),
                context.input(CUMULATIVE), context.input(PAST), context.input(BLOCK_TABLE),
                rotary ? operands.floats(context, COS) : MemorySegment.NULL,
                rotary ? operands.floats(context, SIN) : MemorySegment.NULL, tokens, sequences, tableWidth, angles,
                half, layout);
    }

    private static void checkSupported(KernelContext context) {
        for (int input = FIRST_UNSUPPORTED; input <= LAST_UNSUPPORTED; input++) {
            if (context.hasInput(input)) {
                throw new IllegalArgumentException("input " + input + " is not supported on the CPU");
            }
        }
    }

    private static int size(KernelContext context, int input, int axis) {
        return Math.toIntExact(context.dimension(input, axis));
    }

    private static void expect(KernelContext context, int input, String name, long... shape) {
        boolean same = context.rank(input) == shape.length;
        for (int axis = 0; same && axis < shape.length; axis++) {
            same = context.dimension(input, axis) == shape[axis];
        }
        if (!same) {
            long[] actual = new long[context.rank(input)];
            Arrays.setAll(actual, axis -> context.dimension(input, axis));
            throw new IllegalArgumentException(
                    name + " must have the shape " + Arrays.toString(shape) + ", got " + Arrays.toString(actual));
        }
    }
}
