package io.augserve.engine;

/**
 * The part of one sequence that a step computes: its tokens at positions [start, start + count), all tokens before them being in
 * the KV cache. Prefill, chunked prefill, recompute and decode differ only in these numbers.
 *
 * @param sequence the known tokens
 * @param start first position; at least 0
 * @param count at least 1
 */
public record Slice(Sequence sequence, int start, int count) {
    /**
     * @throws IllegalArgumentException if the positions are not known tokens
     */
    public Slice {
        if (start < 0 || count < 1 || count > sequence.length() - start) {
            throw new IllegalArgumentException("slice [" + start + ", " + ((long) start + count) + ") of sequence "
                    + sequence.id() + ": expected a part of [0, " + sequence.length() + ")");
        }
    }

    /** Whether computed catches up with known, so that the next token is sampled. */
    public boolean samples() {
        return end() == sequence.length();
    }

    /** One past the last position. */
    public int end() {
        return start + count;
    }
}
