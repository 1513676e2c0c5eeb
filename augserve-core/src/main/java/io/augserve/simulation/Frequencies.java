package io.augserve.simulation;

import java.util.random.RandomGenerator;

/** Draws {@code first}, {@code first + 1}, ... in proportion to how often each was counted. */
final class Frequencies {
    private final int first;
    private final int[] counts;
    private final int total;

    private Frequencies(int first, int[] counts) {
        this.first = first;
        this.counts = counts;
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        this.total = sum;
    }

    static Frequencies from(int first, int... counts) {
        return new Frequencies(first, counts.clone());
    }

    int sample(RandomGenerator random) {
        int left = random.nextInt(total);
        int i = 0;
        while (left >= counts[i]) {
            left -= counts[i];
            i++;
        }
        return first + i;
    }
}
