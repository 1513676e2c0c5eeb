package io.augserve.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Gaps of a recording, from a random position on and around. Immutable. */
final class RecordedArrivals implements Arrivals {
    private final double[] gaps;
    private final double rate;

    RecordedArrivals(double[] seconds) {
        this.gaps = seconds.clone();
        Require.atLeast("number of gaps", gaps.length, 1);
        double sum = 0;
        for (int i = 0; i < gaps.length; i++) {
            Require.notNegative("gaps[" + i + "]", gaps[i]);
            sum += gaps[i];
        }
        // Without it time would stand still.
        Require.positive("sum of gaps", sum);
        this.rate = gaps.length / sum;
    }

    RecordedArrivals atRate(double wanted) {
        Require.positive("rate", wanted);
        double[] scaled = new double[gaps.length];
        for (int i = 0; i < gaps.length; i++) {
            scaled[i] = gaps[i] * (rate / wanted);
        }
        return new RecordedArrivals(scaled);
    }

    @Override
    public long[] draw(Duration within, RandomGenerator random) {
        int[] next = {random.nextInt(gaps.length)};
        return ArrivalTimes.within(within, rate, () -> {
            double gap = gaps[next[0]];
            next[0] = (next[0] + 1) % gaps.length;
            return gap;
        });
    }
}
