package io.augserve.onnx.kv;

import io.augserve.engine.EvictionOrder;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a full block: keys and values of its tokens, which depend on all tokens before them, so a block is what its tokens and its parent
 * are. Prefixes form a forest under one root; {@link PrefixIndex} finds them.
 */
final class Prefix extends EvictionOrder.Entry {
    /** The contents of a block that are unknown or cannot be shared. */
    static final Prefix NONE = new Prefix();
    private static final int NO_BLOCK = -1;

    final Prefix parent;
    /** A chained hash: of the parent's and of the tokens. */
    final long hash;
    final int[] tokens;
    /** Where they are. */
    final int block;
    /** Prefixes in the cache whose parent this is. */
    int children;
    /** Whether they are still there. */
    boolean cached;
    /** The next prefix with the same hash, or {@link #NONE}. */
    Prefix collision;
    /** One of those that are expected for it and nothing beyond it. */
    @Nullable
    Comeback comebacks;

    Prefix(Prefix parent, long hash, int[] tokens, int block) {
        this.parent = parent;
        this.hash = hash;
        this.tokens = tokens;
        this.block = block;
        this.cached = true;
        this.collision = NONE;
    }

    private Prefix() {
        this.parent = this;
        this.hash = 0;
        this.tokens = new int[0];
        this.block = NO_BLOCK;
        this.collision = this;
    }

    /** What all first blocks have as their parent; in no block, and never lost. */
    static Prefix root() {
        return new Prefix(NONE, 0, new int[0], NO_BLOCK);
    }
}
