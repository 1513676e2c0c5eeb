package io.augserve.onnx.kv;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the block that holds given tokens after a given prefix. A hash table by {@link ChainHash}; what it finds is compared, tokens and parent, so a
 * collision costs time and never gives a wrong prefix.
 */
final class PrefixIndex {
    private final ChainHash hash;
    private final Prefix root = Prefix.root();
    private final Map<Long, Prefix> byHash = new HashMap<>();
    private int size;
    private long version;

    PrefixIndex(ChainHash hash) {
        this.hash = hash;
    }

    Prefix root() {
        return root;
    }

    long hash(long parent, int[] tokens) {
        return hash.of(parent, tokens);
    }

    /** The prefix that continues {@code parent} with these tokens, or {@link Prefix#NONE}. */
    Prefix find(Prefix parent, long chained, int[] tokens) {
        Prefix prefix = byHash.getOrDefault(chained, Prefix.NONE);
        while (prefix != Prefix.NONE && (prefix.parent != parent || !Arrays.equals(prefix.tokens, tokens))) {
            prefix = prefix.collision;
        }
        return prefix;
    }

    /** Adds a prefix that is not there; its parent is. */
    Prefix add(Prefix parent, long chained, int[] tokens, int block) {
        Prefix prefix = new Prefix(parent, chained, tokens.clone(), block);
        prefix.collision = byHash.getOrDefault(chained, Prefix.NONE);
        byHash.put(chained, prefix);
        parent.children++;
        size++;
        version++;
        return prefix;
    }

    /** Removes a prefix without children. */
    void remove(Prefix prefix) {
        Prefix first = byHash.getOrDefault(prefix.hash, Prefix.NONE);
        if (first != prefix) {
            Prefix before = first;
            while (before.collision != prefix) {
                before = before.collision;
            }
            before.collision = prefix.collision;
        } else if (prefix.collision == Prefix.NONE) {
            byHash.remove(prefix.hash);
        } else {
            byHash.put(prefix.hash, prefix.collision);
        }
        prefix.cached = false;
        prefix.parent.children--;
        size--;
        version++;
    }

    int size() {
        return size;
    }

    /** Another number whenever something was added or removed. */
    long version() {
        return version;
    }
}
