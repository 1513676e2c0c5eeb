package io.augserve.simulation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How well a run served its requests; {@link MetricsCollector} has the definitions. Durations in seconds of virtual
 * time.
 *
 * @param label which run it was
 * @param requests arrivals
 * @param finished requests that got all their output
 * @param effectiveThroughput requests that met their objective, per second of arrivals
 * @param sloAttainment requests that met their objective, as a share of arrivals in [0, 1]
 * @param firstTokenAttainment requests that met the first clause of their objective, whatever became of the other; likewise
 * @param normalizedLatencyAttainment requests that met the second clause; likewise
 * @param ttft time to first token
 * @param normalizedLatency time per output token, without tools
 * @param interToken gaps between consecutive tokens of the same segment
 * @param requestsPerSecond finished requests, per second of the run
 * @param outputTokensPerSecond generated tokens, per second of the run
 * @param preemptions over all requests
 * @param recomputedTokens over all requests
 * @param swappedTokens over all requests
 * @param reusedTokens over all requests
 * @param pausedKvShare share of the device's block-seconds held by requests whose tools are out, in [0, 1]
 * @param longestWaitSeconds the longest that any request was runnable without being in a batch
 * @param iterations of the engine
 * @param meanBatchTokens tokens per iteration
 * @param wallSeconds real time that the simulation took
 */
public record RunMetrics(RunLabel label, int requests, int finished, double effectiveThroughput, double sloAttainment,
        double firstTokenAttainment, double normalizedLatencyAttainment, Distribution ttft,
        Distribution normalizedLatency, Distribution interToken, double requestsPerSecond,
        double outputTokensPerSecond, long preemptions, long recomputedTokens, long swappedTokens, long reusedTokens,
        double pausedKvShare, double longestWaitSeconds, long iterations, double meanBatchTokens, double wallSeconds) {

    /**
     * Every value under the name that reports use, in the order of their columns. Values are strings, integers and
     * finite doubles; the rate of a replay is the empty string.
     *
     * @return unmodifiable
     */
    public SequencedMap<String, Object> toMap() {
        SequencedMap<String, Object> map = new LinkedHashMap<>();
        map.put("policy", label.policy());
        map.put("profile", label.profile());
        map.put("trace", label.trace());
        map.put("predictor", label.predictor());
        map.put("arrivals", label.arrivals());
        map.put("rate", label.rate().isPresent() ? (Object) label.rate().getAsDouble() : "");
        map.put("seed", label.seed());
        map.put("requests", requests);
        map.put("finished", finished);
        map.put("effective_throughput", effectiveThroughput);
        map.put("slo_attainment", sloAttainment);
        map.put("ttft_attainment", firstTokenAttainment);
        map.put("normalized_latency_attainment", normalizedLatencyAttainment);
        put(map, "ttft", ttft);
        put(map, "normalized_latency", normalizedLatency);
        put(map, "itl", interToken);
        map.put("throughput_rps", requestsPerSecond);
        map.put("output_tokens_per_s", outputTokensPerSecond);
        map.put("preemptions", preemptions);
        map.put("recomputed_tokens", recomputedTokens);
        map.put("swapped_tokens", swappedTokens);
        map.put("reused_tokens", reusedTokens);
        map.put("paused_kv_share", pausedKvShare);
        map.put("longest_wait_s", longestWaitSeconds);
        map.put("iterations", iterations);
        map.put("mean_batch_tokens", meanBatchTokens);
        map.put("wall_s", wallSeconds);
        return Collections.unmodifiableSequencedMap(map);
    }

    private static void put(SequencedMap<String, Object> map, String name, Distribution distribution) {
        map.put(name + "_mean_s", distribution.mean());
        map.put(name + "_p50_s", distribution.p50());
        map.put(name + "_p90_s", distribution.p90());
        map.put(name + "_p99_s", distribution.p99());
    }
}
