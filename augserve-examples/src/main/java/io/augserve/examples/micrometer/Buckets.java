package io.augserve.examples.micrometer;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Upper bounds of histogram buckets, as the conventions give them, so that dashboards and quantiles of several servers fit together. */
final class Buckets {
    /** OpenTelemetry: {@code gen_ai.server.time_to_first_token}. */
    static final Duration[] FIRST_TOKEN = seconds(.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5,
            10);
    /** OpenTelemetry: {@code gen_ai.server.time_per_output_token}. */
    static final Duration[] OUTPUT_TOKEN = seconds(.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5);
    /** OpenTelemetry: durations of requests and tools; 10 ms, doubling to 81.92 s. */
    static final Duration[] DURATION = doubling(10, 14);
    /** vLLM: {@code time_to_first_token_seconds}. */
    static final Duration[] VLLM_FIRST_TOKEN = seconds(.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5,
            7.5, 10, 20, 40, 80, 160, 640, 2560);
    /** vLLM: {@code inter_token_latency_seconds}. */
    static final Duration[] VLLM_INTER_TOKEN = seconds(.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5,
            7.5, 10, 20, 40, 80);
    /** vLLM: all durations of whole requests. */
    static final Duration[] VLLM_REQUEST = seconds(.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240,
            480, 960, 1920, 7680);
    /** vLLM: {@code iteration_tokens_total}. */
    static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};
    /** Own: steps, 1 ms doubling to 4.096 s. */
    static final Duration[] STEP = doubling(1, 13);

    private Buckets() {}

    private static Duration[] seconds(double... bounds) {
        return DoubleStream.of(bounds).mapToObj(bound -> Duration.ofNanos(Math.round(bound * 1e9)))
                .toArray(Duration[]::new);
    }

    private static Duration[] doubling(int millis, int count) {
        return IntStream.range(0, count).mapToObj(i -> Duration.ofMillis((long) millis << i)).toArray(Duration[]::new);
    }

    /** 1, 2, 5, 10, 20, 50 and so on up to a limit. */
    static double[] oneTwoFive(int limit) {
        double[] bounds = new double[30];
        int n = 0;
        for (long ten = 1; ten <= limit; ten *= 10) {
            for (int digit : new int[]{1, 2, 5}) {
                if (digit * ten <= limit) {
                    bounds[n++] = digit * ten;
                }
            }
        }
        return Arrays.copyOf(bounds, n);
    }
}
