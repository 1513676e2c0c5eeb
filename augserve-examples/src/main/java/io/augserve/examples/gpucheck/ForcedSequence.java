package io.augserve.examples.gpucheck;

import io.augserve.engine.Sequence;
import io.augserve.request.SamplingOptions;
import java.util.Random;

/** A sequence whose tokens are fixed beforehand, of which more and more are known; what an engine samples after them is looked at and dropped. */
final class ForcedSequence implements Sequence {
    private static final int LOG_PROBS = 10;
    private static final SamplingOptions SAMPLING = SamplingOptions.builder().logProbs(LOG_PROBS).build();

    private final long id;
    private final int[] tokens;
    private int known;
    private int computed;

    /** @param seed of the tokens: sequences of one seed begin alike */
    ForcedSequence(long id, long seed) {
        this.id = id;
        tokens = new Random(seed).ints(CheckFamily.CONTEXT, 1, CheckFamily.VOCABULARY).toArray();
    }

    /** Makes so many tokens known and all of them computed in the next step; gives the first that is. */
    int advance(int count) {
        int from = computed;
        computed += count;
        known = Math.max(known, computed);
        return from;
    }

    /** Says that of its keys and values so many are left. */
    void left(int count) {
        computed = count;
    }

    /** Makes tokens known that need not be computed yet. */
    void know(int count) {
        known = Math.max(known, count);
    }

    int computed() {
        return computed;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int length() {
        return known;
    }

    @Override
    public int token(int position) {
        return tokens[position];
    }

    @Override
    public SamplingOptions sampling() {
        return SAMPLING;
    }

    @Override
    public long seed() {
        return 0;
    }

    @Override
    public boolean isOutput(int position) {
        return false;
    }
}
