package io.augserve.examples.micrometer;

import static java.util.Objects.requireNonNull;

import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent.FirstToken;
import io.augserve.observe.ServerEvent.OccupancyChanged;
import io.augserve.observe.ServerEvent.RequestFinished;
import io.augserve.observe.ServerEvent.RequestPreempted;
import io.augserve.observe.ServerEvent.StepEnded;
import io.augserve.observe.ServerEvent.TokenSampled;
import io.augserve.observe.ServerObserver;
import io.augserve.request.FinishReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * vLLM's metrics under vLLM's names, so that its dashboards and the endpoint pickers of inference gateways work without any
 * configuration. vLLM knows no tools: {@code e2e_request_latency} is what the caller waited, {@code request_inference_time} and
 * {@code request_decode_time} are without pauses for tools, and a paused request is neither running nor waiting.
 */
final class VllmMetrics implements ServerObserver {
    private final Meters meters;
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Counter preemptions;
    private final Counter cacheQueries;
    private final Counter cacheHits;
    private final Map<FinishReason, Counter> finished = new EnumMap<>(FinishReason.class);
    private final Timer firstToken;
    private final Timer interToken;
    private final Timer latency;
    private final Timer queueTime;
    private final Timer inferenceTime;
    private final Timer prefillTime;
    private final Timer decodeTime;
    private final DistributionSummary stepTokens;
    private final DistributionSummary requestPromptTokens;
    private final DistributionSummary requestGenerationTokens;
    private final DistributionSummary requestMaxTokens;

    VllmMetrics(MeterRegistry registry, ServedModel model) {
        meters = new Meters(registry, Tags.of("model_name", model.name(), "engine", model.engine()), model);
        meters.gauge("vllm:num_requests_running", "Requests in the running set", Occupancy::running);
        meters.gauge("vllm:num_requests_waiting", "Requests that wait for their turn", Occupancy::waiting);
        meters.gauge("vllm:kv_cache_usage_perc", "KV blocks in use; 1 is all of them", Occupancy::kvUsage);
        meters.constant("vllm:cache_config_info", "The KV cache", "block_size", String.valueOf(model.blockSize()),
                "num_gpu_blocks", String.valueOf(model.blocks()));
        promptTokens = meters.counter("vllm:prompt_tokens_total", "Prompt tokens computed");
        generationTokens = meters.counter("vllm:generation_tokens_total", "Tokens sampled");
        preemptions = meters.counter("vllm:num_preemptions_total", "Requests that lost their place for want of memory");
        cacheQueries = meters.counter("vllm:prefix_cache_queries_total", "Tokens that could have been in the cache");
        cacheHits = meters.counter("vllm:prefix_cache_hits_total", "Tokens taken from the cache");
        for (FinishReason reason : FinishReason.values()) {
            finished.put(reason, meters.counter("vllm:request_success_total", "Requests ended", "finished_reason",
                    name(reason)));
        }
        firstToken = meters.timer("vllm:time_to_first_token_seconds", "From arrival to the first token",
                Buckets.VLLM_FIRST_TOKEN);
        interToken = meters.timer("vllm:inter_token_latency_seconds", "Between tokens of one segment",
                Buckets.VLLM_INTER_TOKEN);
        latency = request("e2e_request_latency", "From arrival to the end, pauses for tools included");
        queueTime = request("request_queue_time", "From arrival to the first step");
        inferenceTime = request("request_inference_time", "From the first step to the end, without pauses for tools");
        prefillTime = request("request_prefill_time", "From the first step to the first token");
        decodeTime = request("request_decode_time", "From the first token to the end, without pauses for tools");
        stepTokens = meters.summary("vllm:iteration_tokens_total", "Tokens in a step's batch", Buckets.STEP_TOKENS);
        double[] tokens = Buckets.oneTwoFive(model.maxContext());
        requestPromptTokens = meters.summary("vllm:request_prompt_tokens", "Prompt tokens of a request", tokens);
        requestGenerationTokens = meters.summary("vllm:request_generation_tokens", "Tokens that a request sampled",
                tokens);
        requestMaxTokens = meters.summary("vllm:request_params_max_tokens", "Tokens that a request allowed", tokens);
    }

    private Timer request(String name, String description) {
        return meters.timer("vllm:" + name + "_seconds", description, Buckets.VLLM_REQUEST);
    }

    private static String name(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> "stop";
            case LENGTH -> "length";
            case CANCELLED -> "abort";
            case FAILED -> "error";
        };
    }

    @Override
    public void occupancyChanged(OccupancyChanged event) {
        meters.occupancy(event.occupancy());
    }

    @Override
    public void stepEnded(StepEnded event) {
        meters.occupancy(event.occupancy());
        stepTokens.record(event.work().tokens());
        cacheQueries.increment(event.work().lookedUpTokens());
        cacheHits.increment(event.work().reusedTokens());
    }

    @Override
    public void firstToken(FirstToken event) {
        firstToken.record(event.timeToFirstToken());
        promptTokens.increment(event.request().promptTokens());
    }

    @Override
    public void tokenSampled(TokenSampled event) {
        generationTokens.increment();
        event.sinceLast().ifPresent(interToken::record);
    }

    @Override
    public void preempted(RequestPreempted event) {
        if (event.cause() != RequestPreempted.Cause.FAULT) {
            preemptions.increment();
        }
    }

    @Override
    public void finished(RequestFinished event) {
        requireNonNull(finished.get(event.reason())).increment();
        Duration total = event.timing().total();
        Duration queue = event.timing().queue();
        Duration tools = event.timing().tools();
        latency.record(total);
        queueTime.record(queue);
        inferenceTime.record(total.minus(queue).minus(tools));
        requestPromptTokens.record(event.request().promptTokens());
        requestGenerationTokens.record(event.usage().outputTokens());
        requestMaxTokens.record(event.request().maxTokens());
        if (event.usage().outputTokens() > 0) {
            Duration first = event.timing().timeToFirstToken();
            prefillTime.record(first.minus(queue));
            decodeTime.record(total.minus(first).minus(tools));
        }
    }
}
