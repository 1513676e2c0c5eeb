package io.augserve.onnx.kernel;

import io.augserve.onnx.runtime.ElementType;

/**
 * The computation of one PagedAttention node: first every new key and value goes into the cache, then every piece of {@link Pieces} is attended, and
 * in the end what was cut by position is merged. Writing and attending are spread over the workers. Results do not depend on the rest of a batch or
 * on the threads, and on how a sequence was cut into calls only by rounding. Thread-safe.
 */
final class PagedAttentionKernel {
    private final AttentionAttributes attributes;
    private final ThreadLocal<AttentionCall> calls;
    /** For the narrow panels of odd block sizes. */
    private final ThreadLocal<AttentionCall> narrowCalls;

    PagedAttentionKernel(AttentionAttributes attributes, TileMath math, Workers workers, ElementType type) {
        this.attributes = attributes;
        KvElements elements = KvElements.of(type);
        this.calls = ThreadLocal.withInitial(() -> new AttentionCall(attributes, math, elements, workers));
        this.narrowCalls = ThreadLocal
                .withInitial(() -> new AttentionCall(attributes, new ScalarTileMath(), elements, workers));
    }

    AttentionAttributes attributes() {
        return attributes;
    }

    /**
     * Computes one call.
     *
     * @param batch of native memory
     * @param output address of what receives [tokens, heads * headSize]
     * @throws IllegalArgumentException if an index in the batch leads nowhere; nothing is written then
     */
    void compute(PagedBatch batch, long output) {
        batch.check(attributes);
        boolean narrow = batch.layout().panel() < KvLayout.PANEL;
        (narrow ? narrowCalls : calls).get().run(batch, output);
    }
}
