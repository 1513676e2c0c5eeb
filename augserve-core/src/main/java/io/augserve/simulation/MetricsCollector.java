package io.augserve.simulation;

import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;

/**
 * Turns the outcomes of a run into its metrics. No request is ever left out, or a policy that starves some would look
 * better:
 * <ul>
 * <li><b>Time to first token</b>: first token - arrival. A request without a first token counts with the time from its
 * arrival to the end of the run, even if it was turned away before.
 * <li><b>Normalized latency</b>: (end - arrival - time in tools) / output tokens. A request that did not finish counts
 * with the end of the run, and one without output as if it had one token.
 * <li><b>Objective</b>, jointly per request: time to first token and normalized latency both within its
 * {@link ServiceLevel}. A request without a first token, and one that left without finishing, misses it. One that is
 * still running at the end of the run meets it if it has done so up to then; otherwise requests that arrive shortly
 * before the end would miss it on any machine.
 * <li><b>Effective throughput</b>: requests that met their objective, per second of arrivals; <b>attainment</b>: the
 * same as a share of arrivals. Both are 0 without arrivals.
 * <li><b>Paused share</b>: block-seconds held by requests whose tools are out, over capacity times the length of the
 * run.
 * </ul>
 * Percentiles are those of {@link Distribution}; those of inter-token gaps come from a {@link GapHistogram}.
 */
public final class MetricsCollector {
    private static final double NANOS = 1e9;

    private MetricsCollector() {}

    /**
     * Computes the metrics of one run.
     *
     * @param label which run it was
     * @param outcomes one of each request that arrived
     * @param objective for requests without one of their own
     * @param counters of the run
     * @throws IllegalArgumentException if a request arrives or ends after the end of the run, or was in tools for
     *         longer than it was in the run
     */
    public static RunMetrics collect(RunLabel label, List<RequestOutcome> outcomes, ServiceLevel objective,
            RunCounters counters) {
        int n = outcomes.size();
        double[] ttft = new double[n];
        double[] normalizedLatency = new double[n];
        int finished = 0;
        int met = 0;
        int metFirstToken = 0;
        int metNormalizedLatency = 0;
        long outputTokens = 0;
        long preemptions = 0;
        long recomputed = 0;
        long swapped = 0;
        long reused = 0;
        long longestWait = 0;
        for (int i = 0; i < n; i++) {
            RequestOutcome outcome = outcomes.get(i);
            requireWithin(outcome, counters.runNanos());
            ttft[i] = ttftNanos(outcome, counters.runNanos()) / NANOS;
            normalizedLatency[i] = latencyNanos(outcome, counters.runNanos()) / NANOS / tokens(outcome);
            ServiceLevel own = outcome.objective().orElse(objective);
            met += meets(outcome, own, counters.runNanos()) ? 1 : 0;
            metFirstToken += meetsFirstToken(outcome, own, counters.runNanos()) ? 1 : 0;
            metNormalizedLatency += meetsNormalizedLatency(outcome, own, counters.runNanos()) ? 1 : 0;
            finished += outcome.finished() ? 1 : 0;
            outputTokens += outcome.outputTokens();
            preemptions += outcome.preemptions();
            recomputed += outcome.recomputedTokens();
            swapped += outcome.swappedTokens();
            reused += outcome.reusedTokens();
            longestWait = Math.max(longestWait, outcome.longestWaitNanos());
        }
        double runSeconds = counters.runNanos() / NANOS;
        return new RunMetrics(label, n, finished, met / (counters.windowNanos() / NANOS), ratio(met, n),
                ratio(metFirstToken, n), ratio(metNormalizedLatency, n), Distribution.of(ttft),
                Distribution.of(normalizedLatency), counters.gaps().seconds(),
                finished / runSeconds, outputTokens / runSeconds, preemptions, recomputed, swapped, reused,
                counters.pausedBlockSeconds() / (counters.kvBlocks() * runSeconds), longestWait / NANOS,
                counters.iterations(), ratio(counters.batchTokens(), counters.iterations()), counters.wallSeconds());
    }

    /**
     * Whether a request met its objective, as stated above.
     *
     * @param outcome what became of it
     * @param objective to hold it against; the outcome's own is ignored
     * @param runNanos when the run ended
     */
    public static boolean meets(RequestOutcome outcome, ServiceLevel objective, long runNanos) {
        return meetsFirstToken(outcome, objective, runNanos) && meetsNormalizedLatency(outcome, objective, runNanos);
    }

    private static boolean meetsFirstToken(RequestOutcome outcome, ServiceLevel objective, long runNanos) {
        return isServed(outcome) && notLonger(ttftNanos(outcome, runNanos), objective.timeToFirstToken());
    }

    private static boolean meetsNormalizedLatency(RequestOutcome outcome, ServiceLevel objective, long runNanos) {
        // latency / tokens <= limit in whole nanoseconds, without a product that could overflow.
        long perToken = Math.ceilDiv(latencyNanos(outcome, runNanos), tokens(outcome));
        return isServed(outcome) && notLonger(perToken, objective.normalizedLatency());
    }

    /** Whether it got a first token and did not leave early: without that it meets neither clause. */
    private static boolean isServed(RequestOutcome outcome) {
        return outcome.firstTokenNanos().isPresent() && (outcome.endNanos().isEmpty() || outcome.finished());
    }

    private static long ttftNanos(RequestOutcome outcome, long runNanos) {
        return outcome.firstTokenNanos().orElse(runNanos) - outcome.arrivalNanos();
    }

    private static long latencyNanos(RequestOutcome outcome, long runNanos) {
        long end = outcome.finished() ? outcome.endNanos().orElseThrow() : runNanos;
        return end - outcome.arrivalNanos() - outcome.toolNanos();
    }

    private static int tokens(RequestOutcome outcome) {
        return Math.max(1, outcome.outputTokens());
    }

    private static boolean notLonger(long nanos, Duration limit) {
        return Duration.ofNanos(nanos).compareTo(limit) <= 0;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static void requireWithin(RequestOutcome outcome, long runNanos) {
        long end = Math.max(outcome.endNanos().orElse(0), outcome.firstTokenNanos().orElse(0));
        if (end > runNanos || outcome.toolNanos() > runNanos - outcome.arrivalNanos()) {
            throw new IllegalArgumentException(
                    "outcome of request " + outcome.id() + ": expected arrival, first token, end "
                            + "and time in tools within the run of " + runNanos + " ns, got " + outcome);
        }
    }
}
