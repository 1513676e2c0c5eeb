package io.augserve.onnx.kernel;

import static io.augserve.onnx.runtime.CustomOperator.Port.optional;
import static io.augserve.onnx.runtime.CustomOperator.Port.required;

import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.OperatorKernel;
import java.util.ArrayList;
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
        return operator(workers, cache, ElementType.FLOAT);
    }

    /**
     * The operator with caches of a type and operands of another.
     *
     * @param operands FLOAT; or FLOAT16, as CUDA's operator has them: they are widened first and the result is rounded, all else is fp32
     * @throws IllegalArgumentException for other types
     */
    public static CustomOperator operator(Workers workers, ElementType cache, ElementType operands) {
        KvElements.of(cache);
        HalfOperands.requireSupported(operands);
        List<CustomOperator.Port> inputs = new ArrayList<>(INPUTS);
        for (int input : BatchReader.OPERANDS) {
            inputs.set(input, new CustomOperator.Port(operands, INPUTS.get(input).optional()));
        }
        inputs.set(BatchReader.KEY_CACHE, required(cache));
        inputs.set(BatchReader.VALUE_CACHE, required(cache));
        return new CustomOperator(DOMAIN, NAME, inputs, List.of(required(operands)), node -> {
            PagedAttentionKernel kernel = new PagedAttentionKernel(AttentionAttributes.of(node), TileMath.best(),
                    workers, cache);
            return operands == ElementType.FLOAT ? kernel(kernel, cache) : halfKernel(kernel, cache);
        });
    }

    private static OperatorKernel halfKernel(PagedAttentionKernel kernel, ElementType cache) {
        ThreadLocal<HalfOperands> operands = ThreadLocal.withInitial(HalfOperands::new);
        ThreadLocal<BatchReader> readers = ThreadLocal
                .withInitial(() -> new BatchReader(kernel.attributes(), cache, operands.get()::widened));
        return context -> {
            PagedBatch batch = readers.get().readAnew(context);
            long rows = context.dimension(BatchReader.QUERY, 0);
            long width = context.dimension(BatchReader.QUERY, 1);
            kernel.compute(batch, operands.get().result(rows * width).address());
            operands.get().narrow(context.output(0, rows, width));
        };
    }

    private static OperatorKernel kernel(PagedAttentionKernel kernel, ElementType cache) {
        ThreadLocal<BatchReader> readers = ThreadLocal
                .withInitial(() -> new BatchReader(kernel.attributes(), cache));
        return context -> {
            PagedBatch batch = readers.get().read(context);
            kernel.compute(batch, context.outputAddress(0, context.dimension(BatchReader.QUERY, 0),
                    context.dimension(BatchReader.QUERY, 1)));
        };
    }
}
