package io.augserve.profile;

import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.request.SamplingOptions;

/** A sequence that stands for nobody's request: its tokens are arbitrary valid ones, and only their number matters. */
final class ProbeSequence implements Sequence {
    private final long id;
    private final int vocabularySize;
    private final SamplingOptions sampling;
    private int computed;
    private int length;

    ProbeSequence(long id, int vocabularySize, SamplingOptions sampling) {
        this.id = id;
        this.vocabularySize = vocabularySize;
        this.sampling = sampling;
    }

    /** Tokens whose KV has been computed. */
    int computed() {
        return computed;
    }

    /** Computes so many more tokens; a decode samples, a prefill chunk leaves a token to go on with. */
    Slice advance(int tokens, boolean samples) {
        int start = computed;
        computed += tokens;
        length = samples ? computed : computed + 1;
        return new Slice(this, start, tokens);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int token(int position) {
        return (int) Math.floorMod(31 * id + position, (long) vocabularySize);
    }

    @Override
    public SamplingOptions sampling() {
        return sampling;
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
