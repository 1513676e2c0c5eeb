package io.augserve.onnx.sampling;

import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.TokenLogProb;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Samples from the highest logits of a row and two sums over all of it, which is all that comes back from a device
 * ({@link io.augserve.onnx.graph.SamplingHead}); where these do not tell what {@link Sampler} would have said, the whole row is needed.
 *
 * <ul>
 * <li>Greedy, top-k, top-p and min-p: the same token as {@link Sampler}'s, as long as all that they leave in play lies above the lowest logit that came
 * back. With equal logits there, or a nucleus that reaches beyond them, the whole row is needed.
 * <li>A temperature alone: the tokens that came back are drawn first, then all others, each in ascending order; the variate decides in which of both
 * parts the token is, and for the second one the whole row is needed. The distribution is {@link Sampler}'s, the token at a given seed need not be.
 * <li>Log-probabilities: as {@link Sampler}'s, from the sum.
 * <li>Bias and penalties change the row, which is needed then ({@link #changesRow}); so it is for a row that is faulty, to say why.
 * </ul>
 *
 * <p>Confined to one thread.
 */
public final class TopSampler {
    private final int vocabulary;
    private final TopRow top;
    private final Candidates candidates;

    /**
     * The sums of a row.
     *
     * @param total of {@code exp(logit - highest)}
     * @param tempered of {@code exp((logit - highest) / temperature)}
     */
    public record Sums(double total, double tempered) {}

    /**
     * @param size logits that come back of a row; at least 1
     * @param vocabulary logits that a row has
     */
    public TopSampler(int size, int vocabulary) {
        this.vocabulary = vocabulary;
        top = new TopRow(size, vocabulary);
        candidates = new Candidates(size, new Softmax(size));
    }

    /** Whether a sequence's logits are changed before they are sampled, so that the highest of them say nothing. */
    public static boolean changesRow(SamplingOptions options) {
        return !options.logitBias().isEmpty() || options.repetitionPenalty() != 1 || options.presencePenalty() != 0
                || options.frequencyPenalty() != 0;
    }

    /** What the logits of a sequence's row are multiplied by, less the highest, for {@link Sums#tempered}. */
    public static float inverseTemperature(SamplingOptions options) {
        return options.isGreedy() ? 1 : (float) Math.min(1 / options.temperature(), Float.MAX_VALUE);
    }

    /**
     * Samples the token that follows a sequence's last known one.
     *
     * @param logits float [rows, size]: the highest
     * @param ids int64 [rows, size]: their tokens
     * @return empty if the whole row is needed
     */
    public Optional<Sample> sample(MemorySegment logits, MemorySegment ids, int row, Sums sums, Sequence sequence) {
        SamplingOptions options = sequence.sampling();
        if (changesRow(options) || !(sums.total() >= 0)) {
            return Optional.empty();
        }
        top.load(logits, ids, row);
        int chosen = choose(options, sums, sequence);
        return chosen < 0 ? Optional.empty() : output(chosen, options, sums);
    }

    /** An index among the highest, or a negative number. */
    private int choose(SamplingOptions options, Sums sums, Sequence sequence) {
        float best = top.logits()[top.best()];
        if (options.isGreedy()) {
            return top.knows(best) ? top.best() : -1;
        }
        double variate = Draw.uniform(sequence.seed(), sequence.length());
        if (isUnfiltered(options)) {
            return drawFirst(variate * sums.tempered(), best, RowExp.inverse(options.temperature()));
        }
        if (options.topK() >= top.logits().length && !top.isWhole()) {
            return -1;
        }
        candidates.filter(top.logits(), best, options, sums.tempered(), vocabulary);
        for (int i = 0; i < candidates.size(); i++) {
            if (!top.knows(top.logits()[candidates.id(i)])) {
                return -1;
            }
        }
        return candidates.draw(variate);
    }

    private static boolean isUnfiltered(SamplingOptions options) {
        return options.topK() <= 0 && options.topP() >= 1 && options.minP() <= 0;
    }

    /** The token among the highest at which their weights exceed the target; negative if they do not. */
    private int drawFirst(double target, float best, double inverse) {
        double reached = 0;
        for (int i = 0; i < top.logits().length; i++) {
            reached += RowExp.weight(top.logits()[i], best, inverse);
            if (reached > target) {
                return i;
            }
        }
        return top.isWhole() ? top.best() : -1;
    }

    private Optional<Sample> output(int chosen, SamplingOptions options, Sums sums) {
        if (options.logProbs().isEmpty()) {
            return Optional.of(new Sample.Token(new OutputToken(top.id(chosen), Float.NaN, List.of())));
        }
        int count = Math.min(options.logProbs().getAsInt(), vocabulary);
        int[] indices = new int[Math.min(count, top.logits().length)];
        int size = TopK.selectSorted(top.logits(), indices.length, indices);
        boolean sure = size == 0 || top.knows(top.logits()[indices[size - 1]]);
        if (!sure || (indices.length < count && !top.isWhole())) {
            return Optional.empty();
        }
        List<TokenLogProb> likely = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            likely.add(new TokenLogProb(top.id(indices[i]), logProb(indices[i], sums)));
        }
        return Optional.of(new Sample.Token(new OutputToken(top.id(chosen), logProb(chosen, sums), likely)));
    }

    private float logProb(int index, Sums sums) {
        double difference = (double) top.logits()[index] - top.logits()[top.best()];
        return (float) Math.min(0, difference - Math.log(sums.total()));
    }

    /**
     * What is sampled where {@link #sample} gave nothing: what {@link Sampler} said of the whole row, but for a draw at a temperature alone, which
     * must go on where the highest logits ended.
     *
     * @param said by {@link Sampler}
     * @param logits float [rows, size]: the highest
     * @param ids int64 [rows, size]: their tokens
     * @param all holds the whole row
     * @param offset where that begins, in bytes
     */
    public Sample corrected(Sample said, MemorySegment logits, MemorySegment ids, int row, Sums sums,
            MemorySegment all, long offset, Sequence sequence) {
        SamplingOptions options = sequence.sampling();
        boolean alone = !options.isGreedy() && isUnfiltered(options);
        if (!alone || !(said instanceof Sample.Token(OutputToken token))) {
            return said;
        }
        top.load(logits, ids, row);
        double inverse = RowExp.inverse(options.temperature());
        double target = Draw.uniform(sequence.seed(), sequence.length()) * sums.tempered();
        float best = top.logits()[top.best()];
        // If it is among the first, the row was needed for log-probabilities.
        int first = drawFirst(target, best, inverse);
        int drawn = first >= 0 ? top.id(first) : drawOthers(target, best, inverse, all, offset);
        return new Sample.Token(relabelled(token, drawn, all, offset, sums));
    }

    private int drawOthers(double target, float best, double inverse, MemorySegment all, long offset) {
        double reached = 0;
        for (int i = 0; i < top.logits().length; i++) {
            reached += RowExp.weight(top.logits()[i], best, inverse);
        }
        int last = top.id(top.best());
        for (int token = 0; token < vocabulary; token++) {
            if (top.index(token) < 0) {
                double weight = RowExp.weight(logit(all, offset, token), best, inverse);
                reached += weight;
                last = weight > 0 ? token : last;
                if (reached > target) {
                    return token;
                }
            }
        }
        // Only if the sums were rounded differently.
        return last;
    }

    private static float logit(MemorySegment all, long offset, int token) {
        return all.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + (long) token * Float.BYTES);
    }

    /** Another token with its own log-probability, if log-probabilities were asked for. */
    private OutputToken relabelled(OutputToken token, int other, MemorySegment all, long offset, Sums sums) {
        double logProb = (double) logit(all, offset, other) - top.logits()[top.best()] - Math.log(sums.total());
        return Float.isNaN(token.logProb())
                ? new OutputToken(other, Float.NaN, List.of())
                : new OutputToken(other, (float) Math.min(0, logProb), token.top());
    }
}
