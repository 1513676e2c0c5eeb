package io.augserve.simulation;

import io.augserve.observe.ServerObserver;
import io.augserve.predict.Predictor;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServerStats;
import io.augserve.request.ServiceLevel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.Admission;
import io.augserve.serving.LoopConfig;
import io.augserve.serving.LoopLimits;
import io.augserve.serving.ServingLoop;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Serves a workload in virtual time: the production serving loop, with a simulated engine, simulated tools and simulated callers, all
 * on one thread and one clock. The same workload and scheduler give the same run, to the last token.
 */
public final class Simulation {
    /** The tool of a call to which the trace gives no name. */
    private static final String UNNAMED = "tool";
    private static final int TIMELINE_POINTS = 600;
    private static final Duration NO_TIMEOUT = Duration.ofDays(36_500);

    private final VirtualClock clock = new VirtualClock();
    private final HardwareProfile profile;
    private final Workload workload;
    private final RequestRecords records;
    private final ServingLoop loop;
    private final Admission admission;
    private final List<TimelinePoint> timeline = new ArrayList<>();
    private double pausedBlockSeconds;
    private long pointEvery = 1;
    private long nextPoint;
    private long pointIterations;
    private long pointTokens;

    /**
     * @param profile the machine
     * @param workload what is asked for; requests must fit the profile's KV cache
     * @param scheduler serves this run alone
     * @param batchPolicy likewise
     */
    public Simulation(HardwareProfile profile, Workload workload, Scheduler scheduler, BatchPolicy batchPolicy) {
        this(profile, workload, scheduler, batchPolicy, Predictor.online());
    }

    /**
     * @param profile the machine
     * @param workload what is asked for; requests must fit the profile's KV cache
     * @param scheduler serves this run alone
     * @param batchPolicy likewise
     * @param predictor likewise
     */
    public Simulation(HardwareProfile profile, Workload workload, Scheduler scheduler, BatchPolicy batchPolicy,
            Predictor predictor) {
        this(profile, workload, scheduler, batchPolicy, predictor, profile.serviceLevel());
    }

    /**
     * @param profile the machine
     * @param workload what is asked for; requests must fit the profile's KV cache
     * @param scheduler serves this run alone
     * @param batchPolicy likewise
     * @param predictor likewise
     * @param objective of requests that have none of their own, as the scheduler sees it
     */
    public Simulation(HardwareProfile profile, Workload workload, Scheduler scheduler, BatchPolicy batchPolicy,
            Predictor predictor, ServiceLevel objective) {
        this(profile, workload, scheduler, batchPolicy, predictor, objective, ServerObserver.none());
    }

    /**
     * @param profile the machine
     * @param workload what is asked for; requests must fit the profile's KV cache
     * @param scheduler serves this run alone
     * @param batchPolicy likewise
     * @param predictor likewise
     * @param objective of requests that have none of their own, as the scheduler sees it
     * @param observer watches the run, in virtual time
     */
    public Simulation(HardwareProfile profile, Workload workload, Scheduler scheduler, BatchPolicy batchPolicy,
            Predictor predictor, ServiceLevel objective, ServerObserver observer) {
        this.profile = profile;
        this.workload = workload;
        this.records = new RequestRecords(clock, workload);
        List<TraceRequest> scripts = workload.submissions().stream().map(Workload.Submission::request).toList();
        SimulatedEngine engine = new SimulatedEngine(clock, profile, scripts, toolNames(scripts), records);
        LoopConfig config = new LoopConfig(engine, scheduler, batchPolicy, predictor,
                LoopLimits.of(profile.maxSequences(), 0), SessionRetention.OFF, clock,
                Runnable::run, Runnable::run, observer);
        this.admission = new Admission(Admission.Config.of(Integer.MAX_VALUE, objective, new SplittableRandom(0)),
                config);
        this.loop = new ServingLoop(config, admission);
        admission.open(loop);
        clock.onPassing(nanos -> pausedBlockSeconds += loop.blocksPaused() * (nanos / 1e9));
    }

    /** The id by which callers and predictors know a submission; unique within its workload. */
    static String name(Workload.Submission submission) {
        return submission.request().id() + "#" + submission.id();
    }

    static String toolName(TraceCall call) {
        return call.tool().orElse(UNNAMED);
    }

    static List<String> toolNames(List<TraceRequest> scripts) {
        TreeSet<String> names = new TreeSet<>();
        for (TraceRequest script : scripts) {
            script.segments().forEach(segment -> segment.call().map(Simulation::toolName).ifPresent(names::add));
        }
        return List.copyOf(names);
    }

    /**
     * Runs until everything has ended or, if that comes first, until the limit.
     *
     * @param window length of the time in which requests arrive
     * @param limit when to stop looking; at least the window
     * @return outcomes of the requests that arrived, and what the run counted
     */
    public Result run(Duration window, Duration limit) {
        long started = System.nanoTime();
        for (Workload.Submission submission : workload.submissions()) {
            clock.at(submission.arrivalNanos(), () -> submit(submission));
        }
        long end = limit.toNanos();
        pointEvery = Math.max(1, window.toNanos() / TIMELINE_POINTS);
        while (clock.nanos() < end) {
            clock.runDue();
            if (clock.nanos() >= nextPoint) {
                observe();
            }
            if (loop.doWork() == 0 && !clock.jumpToNext(end)) {
                break;
            }
        }
        // What is still in the house reports what it has cost so far.
        records.close();
        loop.cancelAll();
        loop.doWork();
        return new Result(records.outcomes(), records.counters(window.toNanos(), profile.kvBlocks(), pausedBlockSeconds,
                (System.nanoTime() - started) / 1e9));
    }

    /** How the machine was used, at about 600 moments of the window. */
    public List<TimelinePoint> timeline() {
        return List.copyOf(timeline);
    }

    private void observe() {
        ServerStats stats = loop.stats();
        long iterations = stats.steps() - pointIterations;
        double mean = iterations == 0 ? 0 : (double) (stats.computedTokens() - pointTokens) / iterations;
        int paused = loop.blocksPaused();
        int running = loop.blocksRunning();
        int waiting = stats.capacityBlocks() - stats.freeBlocks() - paused - running;
        timeline.add(new TimelinePoint(clock.nanos() / 1e9, running, paused, waiting, stats.capacityBlocks(),
                stats.waiting(), stats.running(), stats.paused(), mean));
        pointIterations = stats.steps();
        pointTokens = stats.computedTokens();
        nextPoint = clock.nanos() + pointEvery;
    }

    /**
     * What a run gave.
     *
     * @param outcomes of the requests that arrived, in their order
     * @param counters of the run
     */
    public record Result(List<RequestOutcome> outcomes, RunCounters counters) {
        /** Copies the list. */
        public Result {
            outcomes = List.copyOf(outcomes);
        }

        /** The metrics of this run under an objective for requests without one of their own. */
        public RunMetrics metrics(RunLabel label, ServiceLevel objective) {
            return MetricsCollector.collect(label, outcomes, objective, counters);
        }
    }

    private void submit(Workload.Submission submission) {
        int number = Math.toIntExact(submission.id());
        TraceRequest script = submission.request();
        int[] prompt = new int[script.promptTokens()];
        Arrays.fill(prompt, ScriptTokens.prompt(number));
        records.arrived(number);
        GenerationRequest.Builder request = GenerationRequest.tokens(prompt).id(name(submission)).kind(script.kind())
                .tools(tools(number, script)).priority(script.priority())
                .sampling(SamplingOptions.builder().maxTokens(Integer.MAX_VALUE).build());
        script.objective().ifPresent(request::serviceLevel);
        script.session().ifPresent(request::sessionKey);
        Generation generation = admission.submit(request.build());
        generation.result().whenComplete((result, failure) -> {
            if (failure != null) {
                throw new IllegalStateException("a simulated request failed", failure);
            }
            records.ended(number, result);
        });
    }

    private Tool[] tools(int number, TraceRequest script) {
        Map<String, Tool> tools = new LinkedHashMap<>();
        for (TraceSegment segment : script.segments()) {
            segment.call().map(Simulation::toolName).ifPresent(name -> tools.computeIfAbsent(name,
                    key -> new Tool(new ToolSpec(key, "", "{}"), (call, context) -> call(number, script, call.id()),
                            NO_TIMEOUT)));
        }
        return tools.values().toArray(Tool[]::new);
    }

    /** The call's place is in its id, as the loop gives it: call_segment_index. */
    private CompletionStage<ToolResult> call(int number, TraceRequest script, String id) {
        int segment = Integer.parseInt(id.substring(id.indexOf('_') + 1, id.lastIndexOf('_')));
        TraceCall call = script.segments().get(segment).call().orElseThrow();
        CompletableFuture<ToolResult> result = new CompletableFuture<>();
        records.paused(number);
        clock.at(clock.nanos() + Math.round(call.seconds() * 1e9), () -> {
            records.returned(number);
            result.complete(ScriptFormat.result(segment + 1, call.returnedTokens()));
        });
        return result;
    }
}
