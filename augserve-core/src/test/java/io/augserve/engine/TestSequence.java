package io.augserve.engine;

import io.augserve.request.SamplingOptions;

/** A sequence of as many zeros as it is long. */
public record TestSequence(long id, int length) implements Sequence {
    @Override
    public int token(int position) {
        return 0;
    }

    @Override
    public SamplingOptions sampling() {
        return SamplingOptions.greedy();
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
