package io.augserve.onnx.sampling;

import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Samples the next token of a sequence from a row of logits, as the sequence's {@link SamplingOptions} say.
 *
 * <p>The result is a function of the row, the options, the known tokens and the seed: the random variate belongs to the position
 * that is sampled, whatever was sampled before it, by this object or another, for this sequence or another. Greedy sampling takes
 * the token with the highest logit after bias and penalties, the lowest id among equals, and draws nothing.
 *
 * <p>Tokens that a {@link RowMask} rules out are gone before anything else happens: bias, penalties, filters and log-probabilities are those
 * of the distribution that is left.
 *
 * <p>Log-probabilities, where a sequence asks for them, are those after bias and penalties but before temperature and filters;
 * fewer than asked for are reported only if fewer tokens have a finite logit.
 *
 * <p>Confined to one thread: an instance owns scratch arrays of 16 bytes for each token of the vocabulary and uses them again. A
 * call allocates its result and nothing else, unless the sequence asks for bias, penalties or log-probabilities, or its filters
 * leave thousands of tokens in play.
 */
public final class Sampler {
    private final Row row;
    private final Penalties penalties = new Penalties();
    private final Candidates candidates;
    private final Softmax softmax;

    /**
     * @param vocabularySize logits in a row; at least 1
     * @throws IllegalArgumentException if it is smaller
     */
    public Sampler(int vocabularySize) {
        if (vocabularySize < 1) {
            throw new IllegalArgumentException("vocabularySize: expected >= 1, got " + vocabularySize);
        }
        this.row = new Row(vocabularySize);
        this.softmax = new Softmax(vocabularySize);
        this.candidates = new Candidates(vocabularySize, softmax);
    }

    /**
     * Samples the token that follows the last known one, the one at position {@code sequence.length()}.
     *
     * @param logits holds the row: one float in native byte order for each token of the vocabulary; not changed
     * @param offset where the row begins, in bytes
     * @param sequence the known tokens that the row was computed from
     * @return the token; or a fault if nothing can be sampled for this sequence: a logit is NaN or positive infinity, none is
     *         finite (minus infinity for some is fine: these are never sampled), or a token of the sequence or of its bias is not
     *         in the vocabulary
     * @throws IllegalArgumentException if the row does not lie inside the segment
     */
    public Sample sample(MemorySegment logits, long offset, Sequence sequence) {
        return sample(logits, offset, sequence, RowMask.NONE);
    }

    /**
     * As {@link #sample(MemorySegment, long, Sequence)}, but only what a mask lets through.
     *
     * @return also a fault if the mask lets nothing through
     */
    public Sample sample(MemorySegment logits, long offset, Sequence sequence, RowMask mask) {
        if (mask.isEmpty()) {
            return new Sample.Fault("no token of the vocabulary can follow the " + sequence.length()
                    + " known ones under the request's constraint");
        }
        row.load(logits, offset);
        mask.apply(row.logits());
        Optional<String> problem = penalties.apply(row.logits(), sequence);
        if (problem.isEmpty()) {
            problem = row.problem();
        }
        if (problem.isPresent()) {
            return new Sample.Fault(problem.get());
        }
        return new Sample.Token(output(choose(sequence), sequence.sampling()));
    }

    /**
     * Drops what is remembered of a sequence, which is how often its tokens occur if it is penalised for that. To be called when a
     * sequence has ended; safe at any time and for any id, since what is missing is counted again.
     */
    public void forget(long sequence) {
        penalties.forget(sequence);
    }

    private int choose(Sequence sequence) {
        SamplingOptions options = sequence.sampling();
        if (options.isGreedy()) {
            return row.best();
        }
        float best = row.logits()[row.best()];
        double variate = Draw.uniform(sequence.seed(), sequence.length());
        if (options.topK() <= 0 && options.topP() >= 1 && options.minP() <= 0) {
            softmax.of(row.logits(), best, options.temperature());
            return softmax.draw(variate);
        }
        candidates.filter(row.logits(), best, options);
        return candidates.draw(variate);
    }

    private OutputToken output(int token, SamplingOptions options) {
        if (options.logProbs().isEmpty()) {
            return new OutputToken(token, Float.NaN, List.of());
        }
        LogProbs logProbs = new LogProbs(row.logits(), row.best(), softmax);
        return new OutputToken(token, (float) logProbs.of(token), logProbs.top(options.logProbs().getAsInt()));
    }
}
