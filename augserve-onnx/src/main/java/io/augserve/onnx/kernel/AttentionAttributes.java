package io.augserve.onnx.kernel;

import io.augserve.onnx.runtime.NodeAttributes;

/**
 * The attributes of one PagedAttention node.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}, and each is shared by {@link #group()} query heads
 * @param scale multiplies query times key; 0 for 1/sqrt(head size)
 * @param window a query at position p sees the keys p-window+1 to p; -1 for all up to p
 * @param softcap c bounds a score s to c * tanh(s / c); 0 for none
 * @param rotary whether queries and new keys are rotated by their position
 */
record AttentionAttributes(int heads, int kvHeads, float scale, int window, float softcap, boolean rotary) {
    AttentionAttributes {
        require(heads > 0, "num_heads must be positive, got " + heads);
        require(kvHeads > 0 && heads % kvHeads == 0,
                "kv_num_heads must be positive and divide num_heads " + heads + ", got " + kvHeads);
        require(window == -1 || window > 0, "local_window_size must be -1 (none) or positive, got " + window);
        require(scale >= 0, "scale must be 0 (1/sqrt(head size)) or positive, got " + scale);
        require(softcap >= 0, "softcap must be 0 (none) or positive, got " + softcap);
    }

    static AttentionAttributes of(NodeAttributes node) {
        require(node.integer("rotary_interleaved").orElse(0) == 0, "rotary_interleaved is not supported");
        return new AttentionAttributes(required(node, "num_heads"), required(node, "kv_num_heads"),
                (float) node.real("scale").orElse(0),
                Math.toIntExact(node.integer("local_window_size").orElse(-1)), (float) node.real("softcap").orElse(0),
                node.integer("do_rotary").orElse(0) != 0);
    }

    private static int required(NodeAttributes node, String name) {
        return Math.toIntExact(node.integer(name)
                .orElseThrow(() -> new IllegalArgumentException("the node has no INT attribute " + name)));
    }

    /** Query heads per key/value head. */
    int group() {
        return heads / kvHeads;
    }

    /** The factor of query times key for this head size. */
    float scaleFor(int headSize) {
        return scale == 0 ? (float) (1 / Math.sqrt(headSize)) : scale;
    }

    /** The first position that a query at {@code position} sees. */
    int firstVisible(int position) {
        return window < 0 ? 0 : Math.max(0, position - window + 1);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
