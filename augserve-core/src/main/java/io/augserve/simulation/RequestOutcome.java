package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.request.ServiceLevel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What became of one request in a run. Times are nanoseconds since the beginning of the run.
 *
 * @param id of the submission
 * @param arrivalNanos at least 0
 * @param firstTokenNanos when the first token was there; empty if none came
 * @param endNanos when it left; empty if it was still there at the end of the run
 * @param finished whether it left with all its output; false if it was rejected, cancelled or failed, or was still
 *         there
 * @param toolNanos time with a tool out, until the end of the run for one that is still out; at most its time in the
 *         run
 * @param outputTokens generated so far; at least 0
 * @param longestWaitNanos the longest time that it was runnable without being in a batch; at least 0
 * @param preemptions times that it lost its KV under memory pressure
 * @param recomputedTokens tokens whose keys and values were computed once more
 * @param swappedTokens tokens moved between device and host, each direction counting
 * @param reusedTokens tokens found in a prefix cache instead of being computed
 * @param gaps between its tokens
 * @param objective its own; the run's if there is none
 */
public record RequestOutcome(long id, long arrivalNanos, OptionalLong firstTokenNanos, OptionalLong endNanos,
        boolean finished, long toolNanos, int outputTokens, long longestWaitNanos, int preemptions,
        long recomputedTokens, long swappedTokens, long reusedTokens, GapSummary gaps,
        Optional<ServiceLevel> objective) {
    /**
     * @throws IllegalArgumentException if a number is negative, times are out of order, or a request is said to have
     *         finished without an end or a token; the message names the request and the field
     */
    public RequestOutcome {
        String where = "outcome of request " + id + ", ";
        Require.atLeast(where + "arrivalNanos", arrivalNanos, 0);
        if (firstTokenNanos.isPresent()) {
            Require.atLeast(where + "firstTokenNanos", firstTokenNanos.getAsLong(), arrivalNanos);
            Require.atLeast(where + "outputTokens", outputTokens, 1);
        } else if (outputTokens != 0) {
            throw new IllegalArgumentException(
                    where + "outputTokens: expected 0 without a first token, got " + outputTokens);
        }
        Require.atLeast(where + "toolNanos", toolNanos, 0);
        if (endNanos.isPresent()) {
            Require.atLeast(where + "endNanos", endNanos.getAsLong(), firstTokenNanos.orElse(arrivalNanos) + toolNanos);
        }
        if (finished && (endNanos.isEmpty() || firstTokenNanos.isEmpty())) {
            throw new IllegalArgumentException(where + "finished: expected an end and a first token");
        }
        Require.atLeast(where + "longestWaitNanos", longestWaitNanos, 0);
        Require.atLeast(where + "preemptions", preemptions, 0);
        Require.atLeast(where + "recomputedTokens", recomputedTokens, 0);
        Require.atLeast(where + "swappedTokens", swappedTokens, 0);
        Require.atLeast(where + "reusedTokens", reusedTokens, 0);
        requireNonNull(gaps, "gaps");
        requireNonNull(objective, "objective");
    }
}
