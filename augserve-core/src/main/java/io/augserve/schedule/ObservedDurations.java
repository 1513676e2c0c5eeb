package io.augserve.schedule;

import java.util.Arrays;

/** The latest durations of one tool, in seconds, and the time to live that suits them best. */
final class ObservedDurations {
    /** Observations kept. */
    static final int WINDOW = 100;

    private final double[] ring = new double[WINDOW];
    /** The same in ascending order, brought up to date when it is needed. */
    private double[] sorted = new double[0];
    private int count;
    private int next;
    private boolean changed;

    void add(double seconds) {
        ring[next] = seconds;
        next = (next + 1) % WINDOW;
        count = Math.min(count + 1, WINDOW);
        changed = true;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * The time to live tau, 0 or one of the durations d, that maximises {@code P(d <= tau) * benefit - price * E[min(d, tau)]}; the
     * shortest of them if there are several.
     *
     * @param benefit of still having the context when the tool returns
     * @param price of a second of keeping it, in the benefit's unit
     * @return seconds
     */
    double timeToLive(double benefit, double price) {
        if (changed) {
            sorted = Arrays.copyOf(ring, count);
            Arrays.sort(sorted);
            changed = false;
        }
        double best = 0;
        double most = 0;
        double shorter = 0;
        for (int i = 0; i < sorted.length; i++) {
            double tau = sorted[i];
            shorter += tau;
            double kept = (shorter + (sorted.length - 1 - i) * tau) / sorted.length;
            double value = benefit * (i + 1) / sorted.length - price * kept;
            if (value > most) {
                most = value;
                best = tau;
            }
        }
        return best;
    }
}
