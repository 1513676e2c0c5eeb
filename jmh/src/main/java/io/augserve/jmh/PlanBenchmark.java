package io.augserve.jmh;

import io.augserve.schedule.StepPlan;
import java.util.Locale;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One step of a {@link SteadyServer}: a plan, and what a scheduler is told of what came of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanBenchmark {
    /** A stock policy, or {@code none}: the step without a scheduler worth its name. {@link Benchmarks} sets all stock policies. */
    @Param("fcfs")
    public String policy = "fcfs";

    /** Most requests in the running set; it is full, or as full as the policy's budget lets it be. */
    @Param({"64", "256", "1024"})
    public int running;

    /** Requests in the queue. */
    @Param({"100", "10000", "100000"})
    public int waiting;

    /** Requests whose tools are out. */
    @Param({"0", "10000"})
    public int paused;

    private SteadyServer server = new SteadyServer("fcfs", 1, 0, 0);
    private long steps;
    private long granted;
    private long tokens;

    /** Fills the server. */
    @Setup
    public void fill() {
        server = new SteadyServer(policy, running, waiting, paused);
        server.fill();
    }

    /** One step. */
    @Benchmark
    public StepPlan step() {
        StepPlan plan = server.step();
        steps++;
        granted += plan.grants().size();
        tokens += plan.tokens();
        return plan;
    }

    /** Says how full it was: a policy that runs few requests has less to do. */
    @TearDown
    public void describe() {
        System.out.printf(Locale.ROOT, "%n%d running, %d waiting, %d paused; %.1f requests and %.0f tokens in a step ",
                server.running().size(), server.waiting().size(), server.paused().size(), (double) granted / steps,
                (double) tokens / steps);
    }
}
