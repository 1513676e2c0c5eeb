package io.augserve.engine;

import static java.util.Objects.requireNonNull;

import io.augserve.request.SamplingOptions;
import java.util.function.IntUnaryOperator;

/**
 * A sequence that stands for nobody's request: every token of it is fixed beforehand, and none counts as sampled. Engines are warmed up, measured, checked
 * and tested with such. It keeps in mind how far it is computed, as a server does for a request; blocks of the {@link KvCache} are its user's to reserve
 * and release. Not thread-safe.
 *
 * <p>Its draws are seeded by its options, with 0 where they say nothing.
 */
public final class ForcedSequence implements Sequence {
    private final long id;
    private final IntUnaryOperator tokens;
    private final SamplingOptions sampling;
    private int known;
    private int computed;

    /**
     * A sequence of which nothing is known yet.
     *
     * @param id not one that a server may give: those count upwards from 1
     * @param tokens the token at a position, the same every time
     * @param sampling how it samples
     */
    public ForcedSequence(long id, IntUnaryOperator tokens, SamplingOptions sampling) {
        this.id = id;
        this.tokens = requireNonNull(tokens, "tokens");
        this.sampling = requireNonNull(sampling, "sampling");
    }

    /**
     * Token 0 over and over, known up to a length; samples greedily.
     *
     * @throws IllegalArgumentException if the length is below 0
     */
    public static ForcedSequence zeros(long id, int length) {
        return zeros(id, length, SamplingOptions.greedy());
    }

    /**
     * Token 0 over and over, known up to a length.
     *
     * @throws IllegalArgumentException if the length is below 0
     */
    public static ForcedSequence zeros(long id, int length, SamplingOptions sampling) {
        ForcedSequence sequence = new ForcedSequence(id, position -> 0, sampling);
        sequence.know(length);
        return sequence;
    }

    /**
     * Makes tokens known that need not be computed yet; a sequence that knows more already goes on knowing them.
     *
     * @param length how many in all; at least 0
     * @throws IllegalArgumentException if the length is below 0
     */
    public void know(int length) {
        known = Math.max(known, requireLength(length));
    }

    /**
     * Computes the next tokens, which become known if they are not.
     *
     * @param count at least 1
     * @return what a step is given; it samples if nothing more is known
     * @throws IllegalArgumentException if the count is below 1
     */
    public Slice advance(int count) {
        know(computed + count);
        Slice slice = new Slice(this, computed, count);
        computed += count;
        return slice;
    }

    /** Tokens at the beginning whose keys and values are in the cache, as far as this has been told. */
    public int computed() {
        return computed;
    }

    /**
     * Says that keys and values are gone from the cache, or were found there: the next step goes on behind so many.
     *
     * @throws IllegalArgumentException if the count is not in [0, length]
     */
    public void goOnFrom(int count) {
        if (count < 0 || count > known) {
            throw new IllegalArgumentException("sequence " + id + " goes on from " + count + ": expected a part of its "
                    + known + " known tokens");
        }
        computed = count;
    }

    private static int requireLength(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("length: expected >= 0, got " + length);
        }
        return length;
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
        return tokens.applyAsInt(position);
    }

    @Override
    public SamplingOptions sampling() {
        return sampling;
    }

    @Override
    public long seed() {
        return sampling.seed().orElse(0);
    }

    @Override
    public boolean isOutput(int position) {
        return false;
    }
}
