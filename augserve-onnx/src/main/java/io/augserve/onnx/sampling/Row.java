package io.augserve.onnx.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * One row of logits in an array that is used again for every row: loaded, then changed by {@link Penalties}, then checked.
 * Confined to one thread.
 */
final class Row {
    /** What {@link #problem()} says of good rows; kept so that the usual case allocates nothing. */
    private static final Optional<String> NONE = Optional.empty();

    private static final RowScan SCAN = RowScan.best();

    private final float[] logits;
    private int best;

    /**
     * @param vocabularySize logits in a row; at least 1
     */
    Row(int vocabularySize) {
        this.logits = new float[vocabularySize];
    }

    /**
     * Copies a row in.
     *
     * @param source floats in native byte order, aligned or not
     * @param offset where the row begins, in bytes
     * @throws IllegalArgumentException if the row does not lie inside the segment
     */
    void load(MemorySegment source, long offset) {
        long bytes = (long) logits.length * Float.BYTES;
        if (offset < 0 || offset > source.byteSize() - bytes) {
            throw new IllegalArgumentException("row of " + logits.length + " floats at byte offset " + offset
                    + ": expected inside a segment of " + source.byteSize() + " bytes");
        }
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, logits, 0, logits.length);
    }

    /** The logits themselves, by token id; whoever changes them does so before {@link #problem()}. */
    float[] logits() {
        return logits;
    }

    /**
     * Looks at every logit and finds the best token on the way.
     *
     * @return why nothing can be sampled from the row; empty if something can
     */
    Optional<String> problem() {
        best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        int token = SCAN.firstAbove(logits, 0, highest);
        while (token < logits.length) {
            highest = logits[token];
            best = token;
            // One comparison for both: false for NaN and for infinity.
            if (!(highest <= Float.MAX_VALUE)) {
                return Optional.of("the logit of token " + token + " is " + highest + ", expected a finite number");
            }
            token = SCAN.firstAbove(logits, token + 1, highest);
        }
        return best < 0 ? Optional.of("none of " + logits.length + " tokens has a finite logit") : NONE;
    }

    /** The token with the highest logit, the lowest id among equals; after a {@link #problem()} that was empty. */
    int best() {
        return best;
    }
}
