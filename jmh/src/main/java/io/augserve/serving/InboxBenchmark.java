package io.augserve.serving;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The way into the loop, in the loop's own package because the inbox is nobody else's; times are per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InboxBenchmark {
    private static final int BURST = 256;

    private final Inbox inbox = new Inbox();
    private final Message message = new Message.Cancelled(1);

    /** A burst of messages while the loop runs a step, and the drain behind it. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int burst(Blackhole sink) {
        Consumer<Message> consumer = sink::consume;
        for (int i = 0; i < BURST; i++) {
            inbox.put(message);
        }
        return inbox.drain(consumer);
    }

    /** What a duty cycle pays for an inbox with nothing in it. */
    @Benchmark
    public int empty(Blackhole sink) {
        return inbox.drain(sink::consume);
    }
}
