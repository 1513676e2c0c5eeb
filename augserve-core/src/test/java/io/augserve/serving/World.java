package io.augserve.serving;

import io.augserve.predict.Predictor;
import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;

/**
 * A whole server and its surroundings in one thread and in virtual time: the production loop and front door, an engine, tools, executors
 * and clients that go wrong when an event says so. After every duty cycle the invariants are checked; when everything has come to rest,
 * the promises.
 */
final class World {
    static final String DEVICE_LOST = "device lost";
    private static final long MICRO = 1_000;
    /** Duty cycles without any rest after which a world is taken to be stuck. */
    private static final int STUCK = 200_000;

    private final WorldSetup setup;
    private final Planted planted;
    private final SplittableRandom random;
    private final Trace trace = new Trace();
    private final WorldModel format = new WorldModel();
    private final WorldEngine engine;
    private final Admission door;
    private final ServingLoop loop;
    private final Map<Integer, WorldClient> clients = new LinkedHashMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Queue<Runnable> toolTasks = new ArrayDeque<>();
    private final Queue<Runnable> readerTasks = new ArrayDeque<>();
    private long now;
    private long timersSet;
    private long executorFullUntil;
    private long sleepsUntil;

    private record Timer(long at, long order, Runnable action) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    World(WorldSetup setup, Planted planted) {
        this.setup = setup;
        this.planted = planted;
        this.random = new SplittableRandom(setup.seed() * 31 + 7);
        this.engine = new WorldEngine(this, setup, kvCache());
        Policy policy = Policies.create(setup.policy(), setup.machine()).orElseThrow();
        LoopConfig config = new LoopConfig(engine, policy.scheduler(), policy.batchPolicy(), predictor(),
                setup.maxRunning(), setup.maxStepFailures(), () -> now, this::runTool, this::runReader);
        this.door = new Admission(new Admission.Config(setup.maxRequests(), Integer.MAX_VALUE, List.of(),
                ServiceLevel.DEFAULT, new SplittableRandom(1)), config);
        this.loop = new ServingLoop(config, door::left);
        door.open(loop);
    }

    private ToyKvCache kvCache() {
        return new ToyKvCache(setup.blockSize(), setup.blocks(), setup.hostBlocks()) {
            @Override
            public void release(long sequence) {
                if (strikes(Planted.LEAKED_BLOCK, 50) && held(sequence) > 1) {
                    shrink(sequence, blockSize());
                } else {
                    super.release(sequence);
                }
            }
        };
    }

    private Predictor predictor() {
        return setup.brokenPredictor() ? new Predictor() {
            private final Predictor learned = Predictor.online();

            @Override
            public SegmentEstimate estimate(RequestFacts request) {
                if (random.nextInt(3) == 0) {
                    throw new IllegalStateException("defect of the predictor");
                }
                return learned.estimate(request);
            }
        } : Predictor.online();
    }

    /** Whether a planted defect shows itself this time, one time in so many. */
    private boolean strikes(Planted defect, int oneIn) {
        return planted == defect && random.nextInt(oneIn) == 0;
    }

    boolean doubles() {
        return strikes(Planted.DOUBLED_TOKEN, 100);
    }

    private void runTool(Runnable task) {
        if (now < executorFullUntil) {
            throw new RejectedExecutionException("full");
        }
        run(task, setup.toolsAtOnce(), toolTasks);
        if (strikes(Planted.TOOL_RUN_TWICE, 20)) {
            run(task, setup.toolsAtOnce(), toolTasks);
        }
    }

    private void runReader(Runnable task) {
        run(task, setup.readersAtOnce(), readerTasks);
    }

    private static void run(Runnable task, boolean atOnce, Queue<Runnable> later) {
        if (atOnce) {
            task.run();
        } else {
            later.add(task);
        }
    }

    /** Time goes by. */
    void pass(long nanos) {
        now += nanos;
    }

    /** Something happens so many nanoseconds from now. */
    void after(long nanos, Runnable action) {
        timers.add(new Timer(now + nanos, timersSet++, action));
    }

    Trace trace() {
        return trace;
    }

    WorldModel format() {
        return format;
    }

    int steps() {
        return engine.steps();
    }

    long now() {
        return now;
    }

    void rejected(RequestRejectedException e) {
        trace.add(e.reason().name());
        trace.fault(e.reason());
    }

    void failed(GenerationFailedException e) {
        trace.add(String.valueOf(e.getMessage()));
    }

    /** Whether no promise has been broken so far. */
    boolean isWell() {
        return trace.violations().isEmpty();
    }

    /**
     * Lives through these events, which are in the order of time.
     *
     * @param toRest whether to go on until there is nothing left to do
     */
    void live(List<WorldEvent> events, boolean toRest) {
        int next = 0;
        int cycles = 0;
        while (isWell()) {
            while (next < events.size() && events.get(next).at() <= now) {
                happen(events.get(next++));
            }
            if (!toRest && next == events.size()) {
                return;
            }
            boolean busy = turn();
            if (!busy && next < events.size()) {
                now = Math.max(now, Math.min(events.get(next).at(), wakeUp()));
            } else if (!busy && wakeUp() == Long.MAX_VALUE) {
                return;
            } else if (!busy) {
                now = Math.max(now, wakeUp());
            }
            if (++cycles > STUCK) {
                trace.violation("no rest after " + STUCK + " duty cycles: " + loop.stats());
            }
        }
    }

    /** When something happens by itself. */
    private long wakeUp() {
        long timer = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().at();
        return Math.min(timer, sleepsUntil);
    }

    /** Everything that can be done now is done once, by whoever it falls to; false if there was nothing. */
    private boolean turn() {
        boolean busy = false;
        while (!timers.isEmpty() && timers.peek().at() <= now) {
            timers.poll().action().run();
            busy = true;
        }
        busy |= some(toolTasks) | some(readerTasks);
        if (!loop.inbox().isEmpty() && !strikes(Planted.LOST_WAKE_UP, 20)) {
            sleepsUntil = now;
        }
        if (sleepsUntil <= now) {
            int work = loop.doWork();
            now += MICRO;
            loop.violations().forEach(trace::violation);
            engine.kvCache().violations().forEach(trace::violation);
            checkBounds();
            long idle = loop.idleNanos();
            sleepsUntil = work > 0 ? now : idle == Long.MAX_VALUE ? idle : now + idle;
            busy |= work > 0;
        }
        return busy;
    }

    /** Other threads are as fast as they like. */
    private boolean some(Queue<Runnable> tasks) {
        boolean busy = !tasks.isEmpty();
        for (int i = random.nextInt(tasks.size() + 1); i > 0; i--) {
            tasks.remove().run();
        }
        return busy;
    }

    private void checkBounds() {
        if (door.inHouse() > setup.maxRequests()) {
            trace.violation(door.inHouse() + " requests are in the house");
        }
        if (loop.stats().running() > Math.min(setup.maxRunning(), setup.maxSequences())) {
            trace.violation(loop.stats().running() + " requests run");
        }
    }

    private void happen(WorldEvent event) {
        trace.add(event.hashCode());
        switch (event) {
            case WorldEvent.Submit submit -> {
                WorldClient client = clients.computeIfAbsent(submit.client(), key -> new WorldClient(this, submit));
                client.submit(door);
            }
            case WorldEvent.Cancel cancel -> client(cancel.client()).ifPresent(WorldClient::cancel);
            case WorldEvent.CallFails call -> client(call.client())
                    .ifPresent(client -> client.tools.fail(call.nth(), call.fault()));
            case WorldEvent.StepFails step -> engine.fail(step.fault());
            case WorldEvent.Poison poison -> engine.poison(poison.client(), poison.position());
            case WorldEvent.DecoderFails decoder -> format.failNextDecoder(decoder.nth());
            case WorldEvent.ExecutorFull full -> executorFullUntil = now + full.nanos();
            case WorldEvent.Ends ends -> end(ends);
        }
    }

    private Optional<WorldClient> client(int number) {
        return Optional.ofNullable(clients.get(number));
    }

    private void end(WorldEvent.Ends ends) {
        trace.fault(ends.end());
        switch (ends.end()) {
            case CLOSE -> {
                door.close();
                after(ends.graceNanos(), loop::cancelAll);
            }
            case FATAL_FAILURE -> engine.breakDown();
            case HANG -> {
            }
        }
    }

    /** Everything has come to rest: who does not read is sent away, and then every promise must have been kept. */
    void settle() {
        for (WorldClient client : clients.values()) {
            if (client.isWaiting() && client.stopsReading()) {
                client.cancel();
            }
        }
        live(List.of(), true);
        if (!isWell()) {
            return;
        }
        clients.values().forEach(WorldClient::check);
        expect("requests in the house", door.inHouse(), 0);
        expect("requests in the loop", loop.live(), 0);
        expect("free blocks", engine.kvCache().free(), setup.blocks());
        expect("free host blocks", engine.kvCache().hostFree(), setup.hostBlocks());
        expect("sequences that the engine knows", engine.known().size(), 0);
    }

    private void expect(String what, int is, int expected) {
        if (is != expected) {
            trace.violation(what + ": " + is + ", expected " + expected);
        }
    }
}
