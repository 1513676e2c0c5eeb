package io.augserve.onnx.kv;

/** The hash of a block's tokens and of all tokens before them. */
@FunctionalInterface
interface ChainHash {
    /** The hash of a block that follows one with the hash {@code parent}. */
    long of(long parent, int[] tokens);

    /** Multiplies and folds each token in; the constant is SplitMix64's. */
    static ChainHash mixing() {
        return (parent, tokens) -> {
            long hash = parent;
            for (int token : tokens) {
                hash = (hash ^ token) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
            return hash;
        };
    }
}
