package io.augserve.onnx.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Tokens as a tree of their bytes, to find all that can be read from somewhere without reading twice what they share. Immutable.
 *
 * <p>The nodes lie in arrays, each behind its parent and before its siblings that come later, so that a walk runs through the arrays and
 * leaves out a subtree by one jump. As the tokens are sorted by their bytes, those of a subtree are a range.
 */
final class TokenTrie {
    private final int[] ids;
    private final int longest;
    private final int nodes;
    private byte[] value = new byte[64];
    private short[] depth = new short[64];
    /** The first token of a node's subtree, by node, and one past the last token as the node after the last. */
    private int[] firstToken = new int[64];
    /** Tokens that end at a node are the first of its subtree: one past them. */
    private int[] endOwn = new int[64];
    private int[] endSubtree = new int[64];

    /**
     * @param tokens ids
     * @param bytesOf the bytes of a token; one without is left out
     */
    TokenTrie(IntStream tokens, IntFunction<byte[]> bytesOf) {
        ids = tokens.filter(id -> bytesOf.apply(id).length > 0).boxed()
                .sorted(Comparator.<Integer, byte[]>comparing(bytesOf::apply, Arrays::compareUnsigned))
                .mapToInt(Integer::intValue).toArray();
        longest = Arrays.stream(ids).map(id -> bytesOf.apply(id).length).max().orElse(0);
        if (longest > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a token of " + longest + " bytes: expected at most " + Short.MAX_VALUE);
        }
        nodes = build(bytesOf);
    }

    private int build(IntFunction<byte[]> bytesOf) {
        int[] path = new int[longest + 1];
        int open = 0;
        int count = 0;
        byte[] before = {};
        for (int i = 0; i < ids.length; i++) {
            byte[] token = bytesOf.apply(ids[i]);
            int mismatch = Arrays.mismatch(before, token);
            int shared = mismatch < 0 ? token.length : mismatch;
            for (; open > shared; open--) {
                endSubtree[path[open]] = count;
            }
            for (; open < token.length; count++) {
                ensureRoom(count + 2);
                value[count] = token[open];
                path[++open] = count;
                depth[count] = (short) open;
                firstToken[count] = i;
                endOwn[count] = i;
            }
            endOwn[count - 1] = i + 1;
            before = token;
        }
        for (; open > 0; open--) {
            endSubtree[path[open]] = count;
        }
        ensureRoom(count + 1);
        firstToken[count] = ids.length;
        return count;
    }

    private void ensureRoom(int needed) {
        if (needed > value.length) {
            int size = 2 * needed;
            value = Arrays.copyOf(value, size);
            depth = Arrays.copyOf(depth, size);
            firstToken = Arrays.copyOf(firstToken, size);
            endOwn = Arrays.copyOf(endOwn, size);
            endSubtree = Arrays.copyOf(endSubtree, size);
        }
    }

    /** Bytes of the longest token. */
    int longest() {
        return longest;
    }

    /** Finds the tokens that can be read from a state, in the order of their bytes. */
    void walk(Automaton.State from, IntConsumer found) {
        Automaton.State[] path = new Automaton.State[longest + 1];
        path[0] = from;
        int node = 0;
        while (node < nodes) {
            Automaton.State next = path[depth[node] - 1].after(value[node] & 0xff);
            if (next.isDead()) {
                node = endSubtree[node];
            } else {
                path[depth[node]] = next;
                give(firstToken[node], endOwn[node], found);
                node++;
            }
        }
    }

    /**
     * Finds the tokens that can be read from a place in a stretch.
     *
     * @param staying takes those that do not leave the stretch
     * @param leaving takes those whose bytes reach its end or go beyond
     */
    void walk(Rule.Stretch stretch, int from, IntConsumer staying, IntConsumer leaving) {
        int[] path = new int[longest + 1];
        path[0] = from;
        int node = 0;
        while (node < nodes) {
            int next = stretch.after(path[depth[node] - 1], value[node] & 0xff);
            if (next >= 0) {
                path[depth[node]] = next;
                give(firstToken[node], endOwn[node], staying);
                node++;
            } else {
                if (next == Rule.Stretch.ENDED) {
                    give(firstToken[node], firstToken[endSubtree[node]], leaving);
                }
                node = endSubtree[node];
            }
        }
    }

    private void give(int from, int to, IntConsumer taker) {
        for (int i = from; i < to; i++) {
            taker.accept(ids[i]);
        }
    }
}
