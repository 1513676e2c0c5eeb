package io.augserve.onnx.kv;

import io.augserve.engine.Sequence;
import java.util.Arrays;

/**
 * A sequence's known tokens as full blocks with chained hashes, and how many of them a {@link PrefixIndex} has. Cheap to ask again and again: a block
 * is hashed once, an answer is kept until the index or the sequence changes, and a new one starts from the deepest prefix of the last.
 */
final class TokenChain {
    private final Sequence sequence;
    private final PrefixIndex index;
    private final int[] scratch;
    private long[] hashes = new long[8];
    private int hashed;
    private Prefix deepest;
    private int matched;
    private int askedBlocks;
    private long askedVersion = -1;

    TokenChain(Sequence sequence, PrefixIndex index, int blockSize) {
        this.sequence = sequence;
        this.index = index;
        this.scratch = new int[blockSize];
        this.deepest = index.root();
    }

    /** Full blocks of known tokens. */
    int blocks() {
        return sequence.length() / scratch.length;
    }

    /** Leading full blocks whose contents are in the index. */
    int matched() {
        int blocks = blocks();
        if (askedVersion == index.version() && askedBlocks == blocks) {
            return matched;
        }
        askedVersion = index.version();
        askedBlocks = blocks;
        // A prefix leaves the cache after those that continue it, so what is above a cached one is cached.
        while (!deepest.cached) {
            deepest = deepest.parent;
            matched--;
        }
        while (matched < blocks) {
            Prefix next = find(deepest, matched);
            if (next == Prefix.NONE) {
                break;
            }
            deepest = next;
            matched++;
        }
        return matched;
    }

    /** The last of the {@link #matched} prefixes; the root if there is none. */
    Prefix deepest() {
        matched();
        return deepest;
    }

    /** The first {@code count} of the {@link #matched} prefixes. */
    Prefix[] prefixes(int count) {
        Prefix[] prefixes = new Prefix[count];
        int i = matched();
        Prefix prefix = deepest;
        while (i-- > 0) {
            if (i < count) {
                prefixes[i] = prefix;
            }
            prefix = prefix.parent;
        }
        return prefixes;
    }

    /** Whether both have {@code count} full blocks of known tokens, and the same ones as far as hashes tell. */
    boolean beginsLike(TokenChain other, int count) {
        return count <= blocks() && count <= other.blocks() && hash(count - 1) == other.hash(count - 1);
    }

    /** The prefix of block {@code i}, whose parent's is known, or {@link Prefix#NONE}. */
    Prefix find(Prefix parent, int i) {
        return index.find(parent, hash(i), tokens(i));
    }

    /** Says that the contents of block {@code i} are in a device block; the index must not have them. */
    Prefix add(Prefix parent, int i, int block) {
        return index.add(parent, hash(i), tokens(i), block);
    }

    private long hash(int i) {
        for (; hashed <= i; hashed++) {
            if (hashed == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * hashed);
            }
            hashes[hashed] = index.hash(hashed == 0 ? 0 : hashes[hashed - 1], tokens(hashed));
        }
        return hashes[i];
    }

    /** Overwritten by the next call. */
    private int[] tokens(int i) {
        for (int j = 0; j < scratch.length; j++) {
            scratch[j] = sequence.token(i * scratch.length + j);
        }
        return scratch;
    }
}
