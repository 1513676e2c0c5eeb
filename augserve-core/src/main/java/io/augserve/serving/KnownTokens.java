package io.augserve.serving;

import java.util.Arrays;
import java.util.BitSet;

/** The tokens of one sequence in order, with which of them were sampled. Only grows. */
final class KnownTokens {
    private final BitSet outputs = new BitSet();
    private int[] tokens;
    private int length;

    KnownTokens(int[] prompt) {
        tokens = Arrays.copyOf(prompt, prompt.length + 64);
        length = prompt.length;
    }

    int length() {
        return length;
    }

    int token(int position) {
        if (position < 0 || position >= length) {
            throw new IndexOutOfBoundsException("position " + position + " of " + length + " known tokens");
        }
        return tokens[position];
    }

    boolean isOutput(int position) {
        return outputs.get(position);
    }

    void addOutput(int token) {
        ensureRoom(1);
        outputs.set(length);
        tokens[length++] = token;
    }

    void addGiven(int[] given) {
        ensureRoom(given.length);
        System.arraycopy(given, 0, tokens, length, given.length);
        length += given.length;
    }

    private void ensureRoom(int more) {
        if (length + more > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(length + more, tokens.length * 2));
        }
    }
}
