package io.augserve.onnx.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The vocabulary as a tree of bytes, to find all tokens that a state of an {@link Automaton} allows without reading what they share more
 * than once. Tokens without bytes, special ones that is, are not in it. Immutable.
 *
 * <p>The tree lies flat, in the order of the tokens' bytes: a node is the first token of a run that shares a beginning, so that passing over
 * a subtree is one step in the array.
 */
final class TokenTrie {
    private final int[] ids;
    private final byte[][] bytes;
    /** How many bytes each token shares with the one before. */
    private final int[] shared;
    private final int vocabulary;

    /**
     * @param vocabulary number of token ids
     * @param bytesOf the bytes of a token, none for special ones; not changed
     */
    TokenTrie(int vocabulary, IntFunction<byte[]> bytesOf) {
        this.vocabulary = vocabulary;
        ids = IntStream.range(0, vocabulary).filter(id -> bytesOf.apply(id).length > 0).boxed()
                .sorted(Comparator.comparing(bytesOf::apply, Arrays::compareUnsigned)).mapToInt(Integer::intValue)
                .toArray();
        bytes = Arrays.stream(ids).mapToObj(bytesOf).toArray(byte[][]::new);
        shared = new int[ids.length];
        for (int i = 1; i < ids.length; i++) {
            int mismatch = Arrays.mismatch(bytes[i - 1], bytes[i]);
            shared[i] = mismatch < 0 ? bytes[i].length : mismatch;
        }
    }

    /** Tokens that may come after a state, a bit for each token id. */
    long[] allowed(Automaton.State state) {
        long[] mask = new long[(vocabulary + 63) / 64];
        Automaton.State[] path = new Automaton.State[1 + longest()];
        path[0] = state;
        // How many bytes of the latest token can be read.
        int readable = 0;
        for (int i = 0; i < ids.length; i++) {
            if (readable >= shared[i]) {
                readable = read(bytes[i], shared[i], path);
            }
            if (readable == bytes[i].length) {
                mask[ids[i] >> 6] |= 1L << ids[i];
            }
        }
        return mask;
    }

    /** Reads a token behind those bytes of it that are read already; how many bytes of it can be read in all. */
    private static int read(byte[] token, int from, Automaton.State[] path) {
        for (int at = from; at < token.length; at++) {
            Automaton.State next = path[at].after(token[at] & 0xff);
            if (next.isDead()) {
                return at;
            }
            path[at + 1] = next;
        }
        return token.length;
    }

    private int longest() {
        int longest = 0;
        for (byte[] token : bytes) {
            longest = Math.max(longest, token.length);
        }
        return longest;
    }
}
