package io.augserve.onnx.kernel;

import static io.augserve.onnx.runtime.CustomOperator.Port.optional;
import static io.augserve.onnx.runtime.CustomOperator.Port.required;

import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.KernelContext;
import io.augserve.onnx.runtime.OperatorKernel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operator {@code com.microsoft.PagedAttention} for the CPU, with the contract of ONNX Runtime's CUDA operator.
 *
 * <pre>
 *  0 query                       float [tokens, num_heads * head_size]
 *  1 key, 2 value                float [tokens, kv_num_heads * head_size]
 *  3 key_cache, 4 value_cache    float or float16 [num_blocks, block_size, kv_num_heads, head_size], updated in place
 *  5 cumulative_sequence_length  int32 [sequences + 1]
 *  6 past_seqlens                int32 [sequences]
 *  7 block_table                 int32 [sequences, max_blocks]
 *  8 cos_cache, 9 sin_cache      float [positions, rotary_size / 2]; needed if do_rotary is 1
 * 16 attention_metadata          int32; a hint for CUDA, not read
 * output                         float [tokens, num_heads * head_size]
 * </pre>
 *
 * Attributes: num_heads, kv_num_heads, scale, softcap, local_window_size, do_rotary. Any block size will do, multiples of 16 are fast. Within
 * a block of the caches the order of elements is the kernel's own, see {@link KvLayout}. Inputs 10 to 15 (slot mapping, head
 * sinks, norm weights, cache scales) and rotary_interleaved are not supported: a session with them, or a run, fails and says so.
 */
public final class PagedAttention {
    public static final String DOMAIN = "com.microsoft";
    public static final String NAME = "PagedAttention";

    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int KEY_CACHE = 3;
    private static final int VALUE_CACHE = 4;
    private static final int CUMULATIVE = 5;
    private static final int PAST = 6;
    private static final int BLOCK_TABLE = 7;
    private static final int COS = 8;
    private static final int SIN = 9;
    private static final int FIRST_UNSUPPORTED = 10;
    private static final int LAST_UNSUPPORTED = 15;

    private static final List<CustomOperator.Port> INPUTS = List.of(required(ElementType.FLOAT),
            required(ElementType.FLOAT),
            required(ElementType.FLOAT), required(ElementType.FLOAT), required(ElementType.FLOAT),
            required(ElementType.INT32),
            required(ElementType.INT32), required(ElementType.INT32), optional(ElementType.FLOAT),
            optional(ElementType.FLOAT),
            optional(ElementType.INT32), optional(ElementType.FLOAT), optional(ElementType.FLOAT),
            optional(ElementType.FLOAT),
            optional(ElementType.FLOAT), optional(ElementType.FLOAT), optional(ElementType.INT32));

    private PagedAttention() {}

    /** The operator with fp32 caches, computing on these workers, which the caller closes after the session. */
    public static CustomOperator operator(Workers workers) {
        return operator(workers, ElementType.FLOAT);
    }

    /**
     * The operator with caches of a type.
     *
     * @param workers compute; the caller closes them after the session
     * @param cache FLOAT or FLOAT16; with the second, keys and values are rounded to half precision, all else is fp32
     * @throws IllegalArgumentException for another type
     */
    public static CustomOperator operator(Workers workers, ElementType cache) {
        KvElements.of(cache);
        List<CustomOperator.Port> inputs = new ArrayList<>(INPUTS);
        inputs.set(KEY_CACHE, required(cache));
        inputs.set(VALUE_CACHE, required(cache));
        return new CustomOperator(DOMAIN, NAME, inputs, List.of(required(ElementType.FLOAT)),
                node -> kernel(new PagedAttentionKernel(AttentionAttributes.of(node), TileMath.best(), workers, cache),
                        cache));
    }

    private static OperatorKernel kernel(PagedAttentionKernel kernel, ElementType cache) {
        return context -> {
            PagedBatch batch = batch(context, kernel.attributes(), cache);
            kernel.compute(batch, context.output(0, context.dimension(QUERY, 0), context.dimension(QUERY, 1)));
        };
    }

    private static PagedBatch batch(KernelContext context, AttentionAttributes attributes, ElementType type) {
        KvLayout layout = new KvLayout(size(context, KEY_CACHE, 0), size(context, KEY_CACHE, 1),
                size(context, KEY_CACHE, 2),
                size(context, KEY_CACHE, 3), type);
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
        return new PagedBatch(context.input(QUERY), context.input(KEY), context.input(VALUE), context.input(KEY_CACHE),
                context.input(VALUE_CACHE),
                context.input(CUMULATIVE), context.input(PAST), context.input(BLOCK_TABLE),
                rotary ? context.input(COS) : MemorySegment.NULL,
                rotary ? context.input(SIN) : MemorySegment.NULL, tokens, sequences, tableWidth, angles, half, layout);
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
