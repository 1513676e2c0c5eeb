package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.engine.Engine;
import io.augserve.request.ServiceLevel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.Policies;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Serves a workload in real time: the production server on a real engine, which computes every token of every script, with tools that are
 * timers and callers that submit when the workload says. The counterpart of {@link Simulation}, told by the same records, so that the two
 * can be compared. What the model would say is ignored.
 *
 * <p>Runs on one engine come one after the other, each on one that holds no sequence; the engine stays open. Not thread-safe.
 */
public final class LiveReplay {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Engine engine;
    private final Policies.Machine machine;
    private final ServiceLevel objective;
    private long runs;

    /**
     * @param engine computes; its cache must have room for every request of a workload
     * @param machine what policies are told, as measured on this engine
     * @param objective of requests that have none of their own, as the scheduler sees it
     */
    public LiveReplay(Engine engine, Policies.Machine machine, ServiceLevel objective) {
        this.engine = requireNonNull(engine, "engine");
        this.machine = requireNonNull(machine, "machine");
        this.objective = requireNonNull(objective, "objective");
    }

    /**
     * Runs until everything has ended or, if that comes first, until the limit; what is still in the house then is cancelled and counts as
     * it stands.
     *
     * @param workload what is asked for
     * @param policy one of {@link Policies#names()} or {@link Policies#ablations()}
     * @param window length of the time in which requests arrive
     * @param limit when to stop looking; at least the window
     * @return outcomes of the requests that arrived, and what the run counted, in real time
     * @throws IllegalArgumentException if a request does not fit the engine, or there is no such policy
     * @throws IllegalStateException if a request fails or is refused, which no script asks for, or if the engine holds a sequence
     * @throws InterruptedException if the thread is interrupted; the server is closed then
     */
    public Simulation.Result run(Workload workload, String policy, Duration window, Duration limit)
            throws InterruptedException {
        Policies.requireName(policy);
        workload.submissions().forEach(submission -> requireFits(submission.request()));
        WallClock clock = new WallClock();
        CountDownLatch open = new CountDownLatch(workload.submissions().size());
        RequestRecords records = new RequestRecords(clock, workload);
        PausedBlocks paused = new PausedBlocks(clock);
        AugServe server = server(new ScriptedEngine(engine, Scripts.of(workload), ++runs, records), policy, paused);
        ScriptedCallers callers = new ScriptedCallers(clock, records, server::submit, open::countDown);
        try {
            clock.start();
            callers.expect(workload);
            open.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            clock.stop();
            records.close();
            server.close(Duration.ZERO);
        }
        // Cancelled requests say what they have cost; one that arrived at the last moment may never have been submitted.
        open.await(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
        callers.failure().ifPresent(failure -> {
            throw new IllegalStateException("a replayed request failed: " + failure.getMessage(), failure);
        });
        return new Simulation.Result(records.outcomes(), records.counters(window.toNanos(),
                engine.kvCache().capacity(), paused.blockSeconds(), clock.nanos() / 1e9));
    }

    private AugServe server(ScriptedEngine scripted, String policy, PausedBlocks paused) {
        Limits limits = Limits.DEFAULT.withMaxRequests(Integer.MAX_VALUE)
                .withMaxRunning(engine.spec().maxSequences()).withMaxStepFailures(0);
        return AugServe.builder(scripted).policy(policy).machine(machine).serviceLevel(objective).limits(limits)
                .retainSessions(SessionRetention.OFF).observer(paused).random(new SplittableRandom(0)).build();
    }

    private void requireFits(TraceRequest request) {
        long room = Math.min(engine.spec().maxContext(),
                (long) engine.kvCache().capacity() * engine.kvCache().blockSize());
        Require.atMost("request " + request.id() + ", tokens in all", request.finalContext(), room);
    }
}
