package io.augserve.engine;

import java.util.List;

/**
 * What one step computes.
 *
 * @param slices at least one, each of another sequence
 */
public record Batch(List<Slice> slices) {
    /**
     * @throws IllegalArgumentException if there is no slice
     */
    public Batch {
        slices = List.copyOf(slices);
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one slice");
        }
    }

    /** Tokens over all slices. */
    public int tokens() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.count();
        }
        return sum;
    }

    /** Slices that sample. */
    public int samples() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.samples() ? 1 : 0;
        }
        return sum;
    }
}
