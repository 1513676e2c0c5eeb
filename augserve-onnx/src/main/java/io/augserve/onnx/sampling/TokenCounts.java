package io.augserve.onnx.sampling;

import io.augserve.engine.Sequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How often each token occurs in each sequence, counted as sequences grow: a token is looked at once, not once per step.
 *
 * <p>What is counted is known tokens, which a preemption leaves alone, so counts stay right when a sequence loses its KV cache.
 * {@link #forget} is always safe: the next question counts again from the start. A sequence that is never forgotten stays here.
 * Confined to one thread.
 */
final class TokenCounts {
    private final Map<Long, Counts> bySequence = new HashMap<>();

    /** The counts of a sequence up to its present length; the object is updated by the next call for the same sequence. */
    Counts of(Sequence sequence) {
        Counts counts = bySequence.computeIfAbsent(sequence.id(), id -> new Counts());
        counts.catchUp(sequence);
        return counts;
    }

    /** Drops what is known of a sequence; does nothing if that is nothing. */
    void forget(long sequence) {
        bySequence.remove(sequence);
    }

    /** Sequences that are remembered. */
    int size() {
        return bySequence.size();
    }

    /** Is told of every token of a sequence. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One token that occurs.
         *
         * @param token token id
         * @param outputs how often it was sampled; 0 if it only stands in the prompt or tool results
         */
        void visit(int token, int outputs);
    }

    /** The counts of one sequence: a hash table with linear probing over two arrays. */
    static final class Counts {
        private static final int FREE = -1;
        private int[] tokens = table(64);
        private int[] outputs = new int[64];
        private int distinct;
        private int counted;
        private int highest = FREE;

        private static int[] table(int size) {
            int[] table = new int[size];
            Arrays.fill(table, FREE);
            return table;
        }

        /** The highest token id that occurs; -1 if there is no token. */
        int highest() {
            return highest;
        }

        /** Calls the visitor once for each distinct token, in no particular order. */
        void forEach(Visitor visitor) {
            for (int slot = 0; slot < tokens.length; slot++) {
                if (tokens[slot] != FREE) {
                    visitor.visit(tokens[slot], outputs[slot]);
                }
            }
        }

        private void catchUp(Sequence sequence) {
            int length = sequence.length();
            for (; counted < length; counted++) {
                add(sequence.token(counted), sequence.isOutput(counted) ? 1 : 0);
            }
        }

        private void add(int token, int times) {
            int slot = slotOf(token);
            if (tokens[slot] == FREE) {
                tokens[slot] = token;
                highest = Math.max(highest, token);
                distinct++;
            }
            outputs[slot] += times;
            if (distinct * 2 > tokens.length) {
                grow();
            }
        }

        private int slotOf(int token) {
            int mask = tokens.length - 1;
            int slot = (int) Draw.mix(token) & mask;
            while (tokens[slot] != FREE && tokens[slot] != token) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void grow() {
            int[] oldTokens = tokens;
            int[] oldOutputs = outputs;
            tokens = table(oldTokens.length * 2);
            outputs = new int[tokens.length];
            distinct = 0;
            for (int slot = 0; slot < oldTokens.length; slot++) {
                if (oldTokens[slot] != FREE) {
                    add(oldTokens[slot], oldOutputs[slot]);
                }
            }
        }
    }
}
