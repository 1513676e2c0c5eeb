package io.augserve.examples.micrometer;

import static java.util.Objects.requireNonNull;

import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent.OccupancyChanged;
import io.augserve.observe.ServerEvent.RequestFinished;
import io.augserve.observe.ServerEvent.RequestPreempted;
import io.augserve.observe.ServerEvent.RequestRejected;
import io.augserve.observe.ServerEvent.StepEnded;
import io.augserve.observe.ServerEvent.ToolPauseEnded;
import io.augserve.observe.ServerObserver;
import io.augserve.request.FinishReason;
import io.augserve.request.RequestRejectedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What nobody else has a name for: pauses for tools and what they cost, objectives, and the scheduler itself. */
final class OwnMetrics implements ServerObserver {
    private final Meters meters;
    private final ToolNames tools = new ToolNames();
    private final Map<RequestRejectedException.Reason, Counter> rejected = new EnumMap<>(
            RequestRejectedException.Reason.class);
    private final Map<RequestPreempted.Cause, Counter> preempted = new EnumMap<>(RequestPreempted.Cause.class);
    private final Counter cancelled;
    private final Counter failed;
    private final Counter objectiveMet;
    private final Counter objectiveMissed;
    private final Timer engineDuration;
    private final Timer early;
    private final Timer late;
    private final Timer planning;
    private final Timer step;
    private final Counter failedSteps;
    private final DistributionSummary prefillTokens;
    private final DistributionSummary decodeTokens;
    private final Counter recomputed;
    private final Counter swapped;

    OwnMetrics(MeterRegistry registry, ServedModel model) {
        meters = new Meters(registry, Tags.of("model_name", model.name(), "engine", model.engine()), model);
        meters.gauge("augserve.requests.waiting", "Requests that wait for their turn", Occupancy::waiting);
        meters.gauge("augserve.requests.running", "Requests in the running set", Occupancy::running);
        meters.gauge("augserve.requests.paused", "Requests that wait for tools or readers", Occupancy::paused);
        meters.gauge("augserve.kv.blocks.used", "KV blocks that somebody holds", Occupancy::usedBlocks);
        meters.gauge("augserve.kv.blocks.capacity", "KV blocks in all", Occupancy::capacityBlocks);
        meters.gauge("augserve.kv.blocks.retained", "KV blocks that paused requests hold", Occupancy::retainedBlocks);
        meters.gauge("augserve.kv.blocks.swapped", "KV blocks in host memory", Occupancy::swappedBlocks);
        for (RequestRejectedException.Reason reason : RequestRejectedException.Reason.values()) {
            rejected.put(reason, meters.counter("augserve.requests.rejected", "Requests refused at the door", "reason",
                    lowerCase(reason)));
        }
        for (RequestPreempted.Cause cause : RequestPreempted.Cause.values()) {
            preempted.put(cause, meters.counter("augserve.requests.preempted", "Requests that had to stop running",
                    "cause", lowerCase(cause)));
        }
        cancelled = meters.counter("augserve.requests.cancelled", "Requests ended by their callers or by a close");
        failed = meters.counter("augserve.requests.failed", "Requests that failed");
        objectiveMet = objective("met");
        objectiveMissed = objective("missed");
        engineDuration = meters.timer("augserve.request.engine.duration",
                "From arrival to the end, without pauses for tools", Buckets.DURATION);
        early = predictionError("early");
        late = predictionError("late");
        planning = meters.timer("augserve.scheduler.plan", "Planning a step", Buckets.STEP);
        step = meters.timer("augserve.scheduler.step", "A whole step, planning included", Buckets.STEP);
        failedSteps = meters.counter("augserve.steps.failed", "Steps that failed");
        prefillTokens = batchTokens("prefill");
        decodeTokens = batchTokens("decode");
        recomputed = meters.counter("augserve.recomputed.tokens", "Tokens computed again because their KV was lost");
        swapped = meters.counter("augserve.swapped.blocks", "KV blocks moved between device and host, both ways");
    }

    private Counter objective(String outcome) {
        return meters.counter("augserve.requests.objective", "Requests that ended, by whether they met their objective",
                "objective", outcome);
    }

    private Timer predictionError(String side) {
        return meters.timer("augserve.tool.prediction.error", "How far tools were from their predicted duration",
                Buckets.DURATION, "side", side);
    }

    private DistributionSummary batchTokens(String kind) {
        return meters.summary("augserve.batch.tokens", "Tokens in a step's batch", Buckets.STEP_TOKENS, "kind", kind);
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean watchesTokens() {
        return false;
    }

    @Override
    public void rejected(RequestRejected event) {
        requireNonNull(rejected.get(event.reason())).increment();
    }

    @Override
    public void preempted(RequestPreempted event) {
        requireNonNull(preempted.get(event.cause())).increment();
    }

    @Override
    public void occupancyChanged(OccupancyChanged event) {
        meters.occupancy(event.occupancy());
    }

    @Override
    public void stepEnded(StepEnded event) {
        meters.occupancy(event.occupancy());
        planning.record(event.planning());
        step.record(event.planning().plus(event.running()));
        prefillTokens.record(event.work().prefillTokens());
        decodeTokens.record(event.work().decodeTokens());
        recomputed.increment(event.work().recomputedTokens());
        swapped.increment(event.work().movedBlocks());
        if (event.failed()) {
            failedSteps.increment();
        }
    }

    @Override
    public void toolPauseEnded(ToolPauseEnded event) {
        if (!event.returned()) {
            return;
        }
        meters.timer("augserve.tool.pause", "From a turn's calls to the last of their results", Buckets.DURATION,
                "tool", tools.of(event.tools())).record(event.actual());
        Duration error = event.actual().minus(event.predicted());
        (error.isNegative() ? early : late).record(error.abs());
    }

    @Override
    public void finished(RequestFinished event) {
        engineDuration.record(event.timing().total().minus(event.timing().tools()));
        if (event.reason() == FinishReason.CANCELLED) {
            cancelled.increment();
        } else if (event.reason() == FinishReason.FAILED) {
            failed.increment();
        }
        if (event.reason() != FinishReason.CANCELLED) {
            (event.objectiveMet() ? objectiveMet : objectiveMissed).increment();
        }
    }
}
