package io.augserve.serving;

import io.augserve.observe.ServerObserver;
import io.augserve.predict.Predictor;
import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
    /** Each of a turn's calls brings two. */
    private static final int MOST_EVENTS_OF_A_TURN = 64;
    private static final ServiceLevel LEVEL = new ServiceLevel(Duration.ofMillis(30), Duration.ofMillis(20));
    /** Duty cycles without any rest after which a world is taken to be stuck. */
    private static final int STUCK = 200_000;

    private final WorldSetup setup;
    private final Planted planted;
    private final SplittableRandom random;
    private final Trace trace = new Trace();
    private final Recount recount = new Recount();
    private final WorldModel format = new WorldModel();
    private final WorldEngine engine;
    private final Admission door;
    private final ServingLoop loop;
    private final Map<Integer, WorldClient> clients = new LinkedHashMap<>();
    /** Later turns of clients that run their tools themselves. */
    private final List<WorldClient> followUps = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Queue<Runnable> toolTasks = new ArrayDeque<>();
    private final Queue<Runnable> readerTasks = new ArrayDeque<>();
    private long now;
    private long timersSet;
    private long executorFullUntil;
    private long sleepsUntil;
    private int messagesHeard;
    private boolean mayFail;

    private record Timer(long at, long order, Runnable action) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** @param observer watches too; nothing that happens may depend on it */
    World(WorldSetup setup, Planted planted, ServerObserver observer) {
        this.setup = setup;
        this.planted = planted;
        this.random = new SplittableRandom(setup.seed() * 31 + 7);
        this.engine = new WorldEngine(this, setup, kvCache());
        Policy policy = Policies.create(setup.policy(), setup.machine()).orElseThrow();
        LoopConfig config = new LoopConfig(engine, new ParkedFirst(policy.scheduler(), trace::violation),
                policy.batchPolicy(), predictor(), setup.limits(), setup.sessions(), () -> now, this::runTool,
                this::runReader, setup.seed() % 2 == 0 ? Optional.of(Runnable::run) : Optional.empty(),
                ServerObserver.all(recount, observer));
        this.door = new Admission(new Admission.Config(setup.maxRequests(), setup.maxQueuedTokens(), setup.sheds(),
                Integer.MAX_VALUE, List.of(), LEVEL, new SplittableRandom(1)), config);
        this.loop = new ServingLoop(config, door);
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

            @Override
            public int handOver(long from, long to, int tokens) {
                int handed = super.handOver(from, to, tokens);
                if (strikes(Planted.BLOCK_LOST_IN_SESSION, 5) && free() > 0) {
                    reserve(-to, 1);
                }
                return handed + (handed > 0 && strikes(Planted.TOKEN_TOO_MANY_TAKEN_OVER, 5) ? 1 : 0);
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

    /** A client has been told that its request failed: it must be its own fault, or everybody's. */
    void failed(GenerationFailedException e, int client) {
        String message = String.valueOf(e.getMessage());
        trace.add(message);
        if (e.getCause() instanceof RequestRejectedException rejection) {
            trace.fault(rejection.reason());
        }
        if (message.contains(WorldEngine.POISON) && !message.endsWith(WorldEngine.POISON + client)
                && setup.limits().maxStepFailures() > 0) {
            trace.violation("client " + client + " paid for another one: " + message);
        }
    }

    /** One turn's calls and one step bring a few events beyond the limit. */
    void buffered(int events) {
        bound("events that wait for a reader", events - MOST_EVENTS_OF_A_TURN, setup.limits().maxBufferedEvents());
    }

    /** A client comes back with what its tools have returned. */
    void follow(WorldClient client) {
        followUps.add(client);
        client.submit(door);
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
        int messages = loop.inbox().size();
        if (messages > messagesHeard && !strikes(Planted.LOST_WAKE_UP, 10)) {
            sleepsUntil = now;
        }
        messagesHeard = messages;
        if (sleepsUntil <= now) {
            int work = doWork();
            messagesHeard = 0;
            now += MICRO;
            check();
            long idle = loop.idleNanos();
            sleepsUntil = work > 0 ? now : idle == Long.MAX_VALUE ? idle : now + idle;
            busy |= work > 0;
        }
        return busy;
    }

    private int doWork() {
        try {
            return loop.doWork();
        } catch (LoopTakenException e) {
            // The thread that was inside the step ends here; who took over goes on.
            return 1;
        }
    }

    /** Other threads are as fast as they like. */
    private boolean some(Queue<Runnable> tasks) {
        boolean busy = !tasks.isEmpty();
        for (int i = random.nextInt(tasks.size() + 1); i > 0; i--) {
            tasks.remove().run();
        }
        return busy;
    }

    private void check() {
        if (loop.failure().isPresent() && !mayFail) {
            trace.violation("the server failed: " + loop.failure().get());
        }
        if (!loop.engineAbandoned()) {
            loop.violations().forEach(trace::violation);
            engine.kvCache().violations().forEach(trace::violation);
        }
        LoopLimits limits = setup.limits();
        recount.compare(loop, trace::violation);
        bound("requests in the house", loop.live(), setup.maxRequests());
        bound("requests that run", loop.stats().running(), Math.min(limits.maxRunning(), setup.maxSequences()));
        bound("calls that are out", loop.toolsOut(), limits.maxToolsInFlight());
        bound("turns that are parked", loop.parked(), setup.sessions().maxTurns());
    }

    private void bound(String what, int is, int most) {
        if (is > most) {
            trace.violation(what + ": " + is + ", at most " + most);
        }
    }

    private void happen(WorldEvent event) {
        trace.add(event.hashCode());
        switch (event) {
            case WorldEvent.Submit submit -> {
                WorldClient client = clients.computeIfAbsent(submit.client(), key -> new WorldClient(this, submit));
                client.submit(door);
            }
            case WorldEvent.Cancel cancel -> {
                trace.fault("Cancel");
                client(cancel.client()).ifPresent(WorldClient::cancel);
            }
            case WorldEvent.CallFails call -> client(call.client())
                    .ifPresent(client -> client.tools.fail(call.nth(), call.fault()));
            case WorldEvent.StepFails step -> engine.fail(step.fault());
            case WorldEvent.Poison poison -> {
                trace.fault("Poison");
                engine.poison(poison.client(), poison.position());
            }
            case WorldEvent.DecoderFails decoder -> {
                trace.fault("DecoderFails");
                format.failNextDecoder(decoder.nth());
            }
            case WorldEvent.ExecutorFull full -> {
                trace.fault("ExecutorFull");
                executorFullUntil = now + full.nanos();
            }
            case WorldEvent.Ends ends -> end(ends);
        }
    }

    private Optional<WorldClient> client(int number) {
        return Optional.ofNullable(clients.get(number));
    }

    private void end(WorldEvent.Ends ends) {
        trace.fault(ends.end());
        mayFail = ends.end() != WorldEvent.End.CLOSE;
        switch (ends.end()) {
            case CLOSE -> {
                door.close();
                after(ends.graceNanos(), loop::cancelAll);
            }
            case FATAL_FAILURE -> engine.breakDown();
            case HANG -> engine.during(() -> {
                pass(2 * setup.limits().stepTimeout().toNanos());
                if (!loop.takeOverIfHung()) {
                    trace.violation("a step that hangs is not noticed");
                }
            });
        }
    }

    /** Everything has come to rest: who does not read is sent away, and then every promise must have been kept. */
    void settle() {
        for (WorldClient client : clients.values()) {
            if (client.isWaiting() && client.stopsReading()) {
                client.cancel();
            }
        }
        followUps.stream().filter(WorldClient::isWaiting).filter(WorldClient::stopsReading)
                .forEach(WorldClient::cancel);
        live(List.of(), true);
        if (!isWell()) {
            return;
        }
        clients.values().forEach(WorldClient::check);
        followUps.forEach(WorldClient::check);
        expect("requests in the house", door.inHouse(), 0);
        expect("requests in the loop", loop.live(), 0);
        expect("queued tokens", (int) door.queuedTokens(), 0);
        expect("parked turns", loop.parked(), 0);
        if (loop.engineAbandoned()) {
            return;
        }
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
