package io.augserve.onnx.sampling;

import io.augserve.engine.Sequence;
import io.augserve.request.SamplingOptions;
import java.util.Map;
import java.util.Optional;

/**
 * Logit bias and the three penalties, in the order that {@link SamplingOptions} fixes. With a token's logit {@code l}, bias
 * {@code b}, repetition penalty {@code r}, presence penalty {@code p}, frequency penalty {@code f} and {@code n} times that the
 * token was sampled in this sequence:
 *
 * <pre>
 * l += b
 * l = l &gt; 0 ? l / r : l * r      if the token occurs anywhere in the sequence (Keskar et al., "CTRL", 2019, section 4.1)
 * l -= p + f * n                 if n &gt; 0
 * </pre>
 *
 * <p>Computed in double and rounded once to float for bias and once for penalties. Confined to one thread.
 */
final class Penalties {
    private static final Optional<String> NONE = Optional.empty();

    private final TokenCounts counts = new TokenCounts();

    /**
     * Changes a row as a sequence asks.
     *
     * @param logits by token id; half changed if there is a problem
     * @return why the row could not be changed: a token of the bias or of the sequence is not in the vocabulary; otherwise empty
     */
    Optional<String> apply(float[] logits, Sequence sequence) {
        SamplingOptions options = sequence.sampling();
        if (!options.logitBias().isEmpty()) {
            Optional<String> problem = bias(logits, options.logitBias());
            if (problem.isPresent()) {
                return problem;
            }
        }
        return penalises(options) ? penalise(logits, sequence, options) : NONE;
    }

    /** Drops the token counts of a sequence; safe at any time. */
    void forget(long sequence) {
        counts.forget(sequence);
    }

    /** Sequences whose token counts are kept. */
    int remembered() {
        return counts.size();
    }

    private static boolean penalises(SamplingOptions options) {
        return options.repetitionPenalty() != 1 || options.presencePenalty() != 0 || options.frequencyPenalty() != 0;
    }

    private static Optional<String> bias(float[] logits, Map<Integer, Float> bias) {
        for (Map.Entry<Integer, Float> entry : bias.entrySet()) {
            int token = entry.getKey();
            if (token >= logits.length) {
                return Optional.of("logitBias token " + token + ": expected < " + logits.length);
            }
            logits[token] += entry.getValue();
        }
        return NONE;
    }

    private Optional<String> penalise(float[] logits, Sequence sequence, SamplingOptions options) {
        TokenCounts.Counts seen = counts.of(sequence);
        if (seen.highest() >= logits.length) {
            return Optional.of("token " + seen.highest() + " of the sequence: expected < " + logits.length);
        }
        double repetition = options.repetitionPenalty();
        double presence = options.presencePenalty();
        double frequency = options.frequencyPenalty();
        seen.forEach((token, outputs) -> {
            double logit = logits[token];
            logit = logit > 0 ? logit / repetition : logit * repetition;
            logits[token] = (float) (outputs > 0 ? logit - presence - frequency * outputs : logit);
        });
        return NONE;
    }
}
