package io.augserve.simulation;

import io.augserve.observe.ServerObserver;
import io.augserve.predict.Predictor;
import io.augserve.request.ServerStats;
import io.augserve.request.ServiceLevel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.Admission;
import io.augserve.serving.LoopConfig;
import io.augserve.serving.LoopLimits;
import io.augserve.serving.ServingLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Serves a workload in virtual time: the production serving loop, with a simulated engine, simulated tools and simulated callers, all
 * on one thread and one clock. The same workload and scheduler give the same run, to the last token.
 */
public final class Simulation {
    private static final int TIMELINE_POINTS = 600;

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
        SimulatedEngine engine = new SimulatedEngine(clock, profile, Scripts.of(workload), records);
        LoopConfig config = new LoopConfig(engine, scheduler, batchPolicy, predictor,
                LoopLimits.of(profile.maxSequences(), 0), SessionRetention.OFF, clock,
                Runnable::run, Runnable::run, Optional.empty(), observer);
        this.admission = new Admission(Admission.Config.of(Integer.MAX_VALUE, objective, new SplittableRandom(0)),
                config);
        this.loop = new ServingLoop(config, admission);
        admission.open(loop);
        clock.onPassing(nanos -> pausedBlockSeconds += loop.blocksPaused() * (nanos / 1e9));
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
        ScriptedCallers callers = new ScriptedCallers(clock, records, admission::submit, () -> {});
        callers.expect(workload);
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
        callers.failure().ifPresent(failure -> {
            throw new IllegalStateException("a simulated request failed", failure);
        });
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
}
