package io.augserve.examples.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerObserver;
import io.augserve.predict.IterationTime;
import io.augserve.predict.Predictor;
import io.augserve.request.RequestRejectedException.Reason;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.Simulation;
import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.TraceSegment;
import io.augserve.simulation.Workload;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The page of a scripted run in virtual time: a step takes 10 ms and 1 ms for each of its tokens. */
class ServerMetricsTest {
    private static final HardwareProfile PLAIN = HardwareProfile.builtin("llama3.1-8b@rtx4090").orElseThrow()
            .withIterationTime(new IterationTime(10, 1, 0, 0, 0, 0, 0)).withKvTokens(1600);
    /** The page of the run; look at the difference before replacing it. */
    private static final String GOLDEN = "scripted-run.prom";
    private static final String LABELS = "{engine=0,model_name=tiny}";

    private final PrometheusMeterRegistry registry = PrometheusPage.registry(new MockClock());
    private final ServerObserver metrics = ServerMetrics.observer(registry,
            new ServedModel("tiny", "0", 1_000, 16, 100));

    private static TraceRequest arriving(String id, double seconds, int prompt, TraceSegment... segments) {
        return new TraceRequest(id, "test", Optional.empty(), OptionalDouble.of(seconds), prompt, List.of(segments),
                Optional.empty(), 0);
    }

    /** One request with a tool of 5 s, another one during the pause. */
    private String page() {
        Workload workload = Workload.replay(List.of(
                arriving("a", 0, 20, TraceSegment.calling(2, "search", 5, 30), TraceSegment.last(1)),
                arriving("b", 0.5, 20, TraceSegment.last(3))));
        new Simulation(PLAIN, workload, Scheduler.fcfs(), BatchPolicy.fixed(64), Predictor.online(),
                PLAIN.serviceLevel(), metrics).run(Duration.ofSeconds(10), Duration.ofHours(1));
        metrics.observe(new ServerEvent.RequestRejected(1, Optional.empty(), Reason.QUEUE_FULL));
        return registry.scrape();
    }

    @Test
    void thePageIsWhatItWas() throws IOException {
        try (InputStream golden = ServerMetricsTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(page()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void thePageKeepsTheRulesOfItsFormat() {
        Exposition page = Exposition.of(page());
        assertThat(page.violations()).isEmpty();
        assertThat(page.samples()).hasSizeGreaterThan(100);
    }

    @Test
    void vllmsNamesAreOnThePageAsTheyAre() {
        Map<String, String> types = Exposition.of(page()).types();
        assertThat(types).contains(entry("vllm:num_requests_running", "gauge"),
                entry("vllm:num_requests_waiting", "gauge"), entry("vllm:kv_cache_usage_perc", "gauge"),
                entry("vllm:cache_config_info", "gauge"), entry("vllm:prompt_tokens_total", "counter"),
                entry("vllm:generation_tokens_total", "counter"), entry("vllm:num_preemptions_total", "counter"),
                entry("vllm:prefix_cache_queries_total", "counter"), entry("vllm:prefix_cache_hits_total", "counter"),
                entry("vllm:request_success_total", "counter"),
                entry("vllm:time_to_first_token_seconds", "histogram"),
                entry("vllm:inter_token_latency_seconds", "histogram"),
                entry("vllm:e2e_request_latency_seconds", "histogram"),
                entry("vllm:iteration_tokens_total", "histogram"));
    }

    @Test
    void countsAreThoseOfTheScript() {
        Map<String, Double> samples = Exposition.of(page()).samples();
        assertThat(samples).contains(entry("vllm:prompt_tokens_total" + LABELS, 40.0),
                entry("vllm:generation_tokens_total" + LABELS, 6.0),
                entry("vllm:request_success_total{engine=0,finished_reason=stop,model_name=tiny}", 2.0),
                entry("vllm:request_success_total{engine=0,finished_reason=error,model_name=tiny}", 0.0),
                // Gaps within segments: one of a, two of b.
                entry("vllm:inter_token_latency_seconds_count" + LABELS, 3.0),
                // b's first step takes the context of a, whose 21 tokens are computed again with its last one and the 30 of the tool.
                entry("augserve_recomputed_tokens_total" + LABELS, 21.0),
                entry("vllm:iteration_tokens_total_sum" + LABELS, 20.0 + 1 + 52 + 20 + 1 + 1),
                // a: 30 + 11 ms, 5 s of tool, 62 ms; b: 30 + 11 + 11 ms.
                entry("vllm:e2e_request_latency_seconds_sum" + LABELS, 5.155),
                entry("vllm:request_inference_time_seconds_sum" + LABELS, 0.155),
                entry("vllm:time_to_first_token_seconds_sum" + LABELS, 0.060),
                entry("augserve_tool_pause_seconds_sum{engine=0,model_name=tiny,tool=search}", 5.0),
                entry("augserve_requests_rejected_total{engine=0,model_name=tiny,reason=queue_full}", 1.0),
                entry("augserve_requests_objective_total{engine=0,model_name=tiny,objective=met}", 2.0),
                entry("vllm:num_requests_running" + LABELS, 0.0), entry("vllm:kv_cache_usage_perc" + LABELS, 0.0));
        // a: (103 - 30) ms / 2; b: (52 - 30) ms / 2.
        assertThat(samples.get("gen_ai_server_time_per_output_token_seconds_sum{gen_ai_operation_name=chat,"
                + "gen_ai_provider_name=augserve,gen_ai_request_model=tiny}")).isEqualTo(0.0475);
    }

    @Test
    void bucketsAreThoseOfTheConventions() {
        Exposition page = Exposition.of(page());
        assertThat(page.bounds("gen_ai_server_time_to_first_token_seconds")).containsExactly(.001, .005, .01, .02, .04,
                .06, .08, .1, .25, .5, .75, 1., 2.5, 5., 7.5, 10.);
        assertThat(page.bounds("gen_ai_server_time_per_output_token_seconds")).containsExactly(.01, .025, .05, .075, .1,
                .15, .2, .3, .4, .5, .75, 1., 2.5);
        assertThat(page.bounds("gen_ai_server_request_duration_seconds")).containsExactly(.01, .02, .04, .08, .16, .32,
                .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
        assertThat(page.bounds("vllm:time_to_first_token_seconds")).hasSize(22).startsWith(.001).endsWith(640., 2560.);
        assertThat(page.bounds("vllm:e2e_request_latency_seconds")).hasSize(21).startsWith(.3).endsWith(1920., 7680.);
        assertThat(page.bounds("vllm:request_prompt_tokens")).containsExactly(1., 2., 5., 10., 20., 50., 100., 200.,
                500., 1000.);
    }

    @Test
    void gaugesFollowTheServerWhileItRuns() {
        List<Double> running = new ArrayList<>();
        List<Double> usage = new ArrayList<>();
        Workload workload = Workload.replay(List.of(arriving("a", 0, 20, TraceSegment.last(2))));
        ServerObserver probe = ServerObserver.of(event -> {
            if (event instanceof ServerEvent.StepEnded) {
                running.add(registry.get("vllm:num_requests_running").gauge().value());
                usage.add(registry.get("vllm:kv_cache_usage_perc").gauge().value());
            }
        });
        new Simulation(PLAIN, workload, Scheduler.fcfs(), BatchPolicy.fixed(64), Predictor.online(),
                PLAIN.serviceLevel(), ServerObserver.all(metrics, probe)).run(Duration.ofSeconds(1),
                        Duration.ofHours(1));
        assertThat(running).containsExactly(1.0, 0.0);
        // 20 tokens in two of 100 blocks.
        assertThat(usage).containsExactly(0.02, 0.0);
    }

    @Test
    void toolsOfAnyNameMakeABoundedNumberOfSeries() {
        ToolNames names = new ToolNames();
        for (int i = 0; i < 100; i++) {
            assertThat(names.bounded("tool" + i)).isEqualTo("tool" + i);
        }
        assertThat(names.bounded("tool100")).isEqualTo("other");
        assertThat(names.bounded("tool5")).isEqualTo("tool5");
        assertThat(names.of(List.of("tool1", "tool1"))).isEqualTo("tool1");
        assertThat(names.of(List.of("tool1", "tool2"))).isEqualTo("several");
        assertThat(names.of(List.of())).isEqualTo("none");
    }
}
