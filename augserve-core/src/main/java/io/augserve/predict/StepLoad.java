package io.augserve.predict;

import io.augserve.engine.Batch;
import io.augserve.engine.Slice;
import java.util.List;

/**
 * What one step carries, in the quantities that its time depends on; see {@link IterationTime}.
 *
 * @param prefillTokens P, the sum of the chunks; at least 0
 * @param decodes D, the decoding sequences; at least 0
 * @param decodeContext CTX, the sum of their context lengths in tokens; at least 0
 * @param prefillWork Q, the sum of {@link IterationTime#prefillWork(int, int)} over the chunks, in tokens squared; at least 0
 */
public record StepLoad(int prefillTokens, int decodes, long decodeContext, double prefillWork) {
    /**
     * @throws IllegalArgumentException if a number is negative or not finite
     */
    public StepLoad {
        requireNotNegative("prefillTokens", prefillTokens);
        requireNotNegative("decodes", decodes);
        requireNotNegative("decodeContext", decodeContext);
        IterationTime.requireNotNegative("prefillWork", prefillWork);
    }

    /** The load of a batch: a slice of one token that follows computed ones is a decode, every other one a prefill chunk. */
    public static StepLoad of(Batch batch) {
        int prefill = 0;
        int decodes = 0;
        long context = 0;
        double work = 0;
        List<Slice> slices = batch.slices();
        for (int i = 0; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            if (slice.count() == 1 && slice.start() > 0) {
                decodes++;
                context += slice.end();
            } else {
                prefill += slice.count();
                work += IterationTime.prefillWork(slice.count(), slice.start());
            }
        }
        return new StepLoad(prefill, decodes, context, work);
    }

    /** P + D. */
    public int tokens() {
        return prefillTokens + decodes;
    }

    private static void requireNotNegative(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + ": expected >= 0, got " + value);
        }
    }
}
