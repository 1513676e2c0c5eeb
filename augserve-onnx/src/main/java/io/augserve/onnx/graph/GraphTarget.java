package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;

/**
 * What a decoder's graph is written for: the types that the machine's operators compute in, and what the graph does beside computing logits.
 *
 * @param compute of activations and weights: FLOAT on the CPU; FLOAT16 or BFLOAT16 on CUDA, where attention knows no other
 * @param cache of keys and values; on CUDA the same as {@code compute}
 * @param attentionMetadata whether attention is told the longest query and the longest context of a step in an input of its own, so that CUDA's need
 *            not read lengths back from the device in every layer
 * @param top how many of the highest logits of a row the graph gives ({@link SamplingHead}); 0 for none
 */
public record GraphTarget(ElementType compute, ElementType cache, boolean attentionMetadata, int top) {
    /**
     * @throws IllegalArgumentException if {@code top} is negative
     */
    public GraphTarget {
        if (top < 0) {
            throw new IllegalArgumentException("top: expected >= 0, got " + top);
        }
    }

    /** Our own attention on the CPU, in fp32. */
    public static GraphTarget cpu(ElementType cache) {
        return new GraphTarget(ElementType.FLOAT, cache, false, 0);
    }
}
