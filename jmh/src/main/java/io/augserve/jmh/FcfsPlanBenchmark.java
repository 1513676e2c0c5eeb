package io.augserve.jmh;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One plan of {@link Scheduler#fcfs()}. Every running request decodes and is about to need another block. A plan changes nothing,
 * so every operation does the same work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FcfsPlanBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int CONTEXT = 512;
    private static final int PROMPT = 128;

    /** What a step runs into. */
    public enum Step {
        /** The running set is full: everybody gets a token. */
        FULL,
        /** Sixteen requests from the head of the queue begin their prefill. */
        ADMITS,
        /** No block is free: the youngest running requests are preempted. */
        STARVES
    }

    /** Requests in the running set. */
    @Param({"64", "256", "1024"})
    public int running;

    /** Requests in the queue. */
    @Param({"100", "10000", "100000"})
    public int waiting;

    /** What the step runs into. */
    @Param
    public Step step = Step.FULL;

    private final Scheduler scheduler = Scheduler.fcfs();
    private SchedulerView view = new Queues(0, 1, new BlockLedger(1, 1), List.of(), List.of());

    /** Fills the queues and the cache. */
    @Setup
    public void fill() {
        int blocks = running * (CONTEXT / BLOCK_SIZE);
        int spare = step == Step.STARVES ? 0 : 2 * running + 16 * (PROMPT / BLOCK_SIZE);
        BlockLedger kv = new BlockLedger(BLOCK_SIZE, blocks + spare);
        List<RequestView> inRunningSet = new ArrayList<>();
        List<RequestView> inQueue = new ArrayList<>();
        for (int id = 1; id <= running; id++) {
            inRunningSet.add(new PlannedRequest(id, RequestState.RUNNING, CONTEXT + 1, CONTEXT));
            kv.reserve(id, CONTEXT);
        }
        for (int id = running + 1; id <= running + waiting; id++) {
            inQueue.add(new PlannedRequest(id, RequestState.WAITING, PROMPT, 0));
        }
        int maxRunning = step == Step.FULL ? running : running + 16;
        view = new Queues(running + 16 * PROMPT, maxRunning, kv, inRunningSet, inQueue);
    }

    /** One plan. */
    @Benchmark
    public StepPlan plan() {
        return scheduler.plan(view);
    }

    private record Queues(int tokenBudget, int maxRunning, KvCache kvCache, List<RequestView> running,
            List<RequestView> waiting) implements SchedulerView {
        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public List<RequestView> paused() {
            return List.of();
        }
    }
}
