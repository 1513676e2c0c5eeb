package io.augserve.examples.bench;

import java.util.Arrays;

/** Measured values of one kind, of which the median counts: on a machine that others use too, a mean tells more about them. */
final class Samples {
    private double[] values = new double[64];
    private int size;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    /** A count, as of nanoseconds. */
    void add(long value) {
        add((double) value);
    }

    /** The middle value, or the mean of the two in the middle; NaN if there is none. */
    double median() {
        if (size == 0) {
            return Double.NaN;
        }
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
    }
}
