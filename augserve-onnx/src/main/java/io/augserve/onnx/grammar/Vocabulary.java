package io.augserve.onnx.grammar;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The tokens of a model as pieces of text, and what is known of them whatever the grammar is. Thread-safe.
 *
 * <p>Tokens without bytes are in no grammar. Tokens that end a turn are no text either: they may come where a turn may end.
 */
final class Vocabulary {
    /** Places in stretches whose tokens are remembered: strings of bounded length have one for each length. */
    private static final int MOST_INSIDE = 512;

    private final int size;
    private final byte[][] bytes;
    private final int[] endTokens;
    private final TokenTrie tokens;
    private final Map<Object, Inside> inside = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Inside> eldest) {
            return size() > MOST_INSIDE;
        }
    };

    /** What can be read from a place in a stretch. */
    static final class Inside {
        /** Tokens that do not leave the stretch, a bit for each; not to be written to. */
        final long[] staying;
        /** Those that reach its end, and may or may not go on as what follows allows. */
        final TokenTrie leaving;

        private Inside(long[] staying, TokenTrie leaving) {
            this.staying = staying;
            this.leaving = leaving;
        }
    }

    /**
     * @param size number of token ids
     * @param bytesOf the bytes of a token, none for one that is no text
     * @param endTokens that end a turn
     */
    Vocabulary(int size, IntFunction<byte[]> bytesOf, Set<Integer> endTokens) {
        this.size = size;
        this.endTokens = endTokens.stream().mapToInt(Integer::intValue).filter(id -> id < size).sorted().toArray();
        bytes = new byte[size][];
        Arrays.setAll(bytes, id -> endTokens.contains(id) ? new byte[0] : bytesOf.apply(id));
        tokens = new TokenTrie(IntStream.range(0, size), id -> bytes[id]);
    }

    int size() {
        return size;
    }

    /** Whether a token ends a turn. */
    boolean isEnd(int token) {
        return Arrays.binarySearch(endTokens, token) >= 0;
    }

    /** Tokens that end a turn, ascending; not to be written to. */
    int[] endTokens() {
        return endTokens;
    }

    /** The text of a token, none if it is no text; not to be written to. */
    byte[] bytes(int token) {
        return bytes[token];
    }

    /** All tokens that are text. */
    TokenTrie tokens() {
        return tokens;
    }

    /** What can be read from a place in a stretch; found once for all places that are alike. */
    Inside inside(Rule.Stretch stretch, int at) {
        Object key = stretch.alike(at, tokens.longest());
        synchronized (inside) {
            Inside known = inside.get(key);
            if (known != null) {
                return known;
            }
        }
        // Outside of the lock: two threads may find the same twice, but none waits for another's milliseconds.
        long[] staying = new long[(size + 63) / 64];
        IntStream.Builder leaving = IntStream.builder();
        tokens.walk(stretch, at, id -> staying[id >> 6] |= 1L << id, leaving::add);
        Inside found = new Inside(staying, new TokenTrie(leaving.build(), id -> bytes[id]));
        synchronized (inside) {
            Inside other = inside.putIfAbsent(key, found);
            return other == null ? found : other;
        }
    }
}
