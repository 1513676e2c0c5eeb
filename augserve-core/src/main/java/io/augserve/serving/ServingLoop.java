package io.augserve.serving;

import io.augserve.engine.Engine;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerEvent.RequestPreempted.Cause;
import io.augserve.request.FinishReason;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.ServerStats;
import io.augserve.schedule.RequestListener;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.StepPlan;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that serves: one duty cycle drains the inbox, expires tool deadlines, and runs one step as a transaction: plan, reserve,
 * run, commit. A step that fails gives its blocks back, and its requests are recomputed in a later one; a request that was in too
 * many failed steps in a row fails alone. A fatal failure of the engine, or a scheduler that plans what cannot be, fails every request
 * with one cause; so does a step that hangs, if somebody {@linkplain #takeOver takes the loop over} from the thread inside it. Confined
 * to one thread at a time but for {@link #inbox()}, {@link #stats()}, {@link #failure()} and taking over.
 */
public final class ServingLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ServingLoop.class);

    private final LoopConfig config;
    private final Engine engine;
    private final KvCache kv;
    private final int capacity;
    private final int hostCapacity;
    private final Inbox inbox = new Inbox();
    private final Observation observation;
    private final StepRecord record;
    private final RequestQueues queues;
    private final LiveView view;
    private final ToolDispatcher tools;
    private final Estimates estimates;
    private final RequestEnds ends;
    private final SlowReaders readers;
    private final ToolPauses pauses;
    private final ParkedTurns parked;
    private final LastAttempt lastAttempt;
    private final StepWatch watch = new StepWatch();
    private final SampledTokens samples;
    private final TextWork text;
    private final RequestListener whenPlanned;
    private final RequestListener whenFailed;
    /** What the observer was last told. */
    private Occupancy occupancy;
    private boolean closing;
    private boolean engineAbandoned;
    private long steps;
    private long computedTokens;
    private long sampledTokens;
    private volatile ServerStats stats;
    private volatile @Nullable Throwable failure;

    /**
     * @param config its parts
     * @param door told of every request that gets its first token or leaves the house, on the loop's thread
     */
    public ServingLoop(LoopConfig config, Admission door) {
        this.config = config;
        this.engine = config.engine();
        this.kv = engine.kvCache();
        this.capacity = kv.capacity();
        this.hostCapacity = kv.hostCapacity();
        this.observation = new Observation(config.observer(), kv);
        this.record = new StepRecord(observation, config.ticker());
        this.queues = new RequestQueues(observation);
        this.whenPlanned = observation.preemptions(config.scheduler(), Cause.MEMORY);
        this.whenFailed = observation.preemptions(config.scheduler(), Cause.FAULT);
        this.view = new LiveView(queues, kv, Math.min(config.limits().maxRunning(), engine.spec().maxSequences()));
        this.tools = new ToolDispatcher(config.toolExecutor(), inbox, config.limits());
        this.estimates = new Estimates(config.predictor());
        this.ends = new RequestEnds(config, queues, tools, estimates, door, observation);
        this.readers = new SlowReaders(queues, config.scheduler());
        this.parked = new ParkedTurns(config, queues, estimates, ends, observation);
        this.pauses = new ToolPauses(config, queues, tools, ends, estimates, readers, parked, observation);
        this.text = new TextWork(config.textExecutor());
        this.samples = new SampledTokens(engine.spec(), door, ends, pauses, readers, observation, text);
        this.lastAttempt = new LastAttempt(queues, kv, whenFailed, config.limits().maxStepFailures());
        this.stats = snapshot();
        this.occupancy = occupancy();
    }

    /** Lets the next duty cycle cancel every request that is in the house; from any thread. */
    public void cancelAll() {
        inbox.put(new Message.CancelAll());
    }

    /** Where other threads leave messages. */
    Inbox inbox() {
        return inbox;
    }

    /**
     * One duty cycle.
     *
     * @return how much was done; 0 if there is nothing to do until a message comes or a deadline passes
     * @throws LoopTakenException if the loop was taken over meanwhile; the caller must not touch it again
     */
    public int doWork() {
        long stepsBefore = steps;
        int work = inbox.drain(this::receive);
        long now = config.ticker().nanos();
        work += tools.expire(now, pauses::timedOut);
        work += failure == null ? parked.expire(now) : 0;
        if (failure == null && queues.runnable() > 0) {
            work += step(now);
        }
        if (steps == stepsBefore) {
            work += settleText();
        }
        if (work > 0) {
            publish();
        }
        return work;
    }

    /** Whoever does more for a request than planning it must have its text done before. Returns how many requests failed. */
    private int settleText() {
        text.settle();
        return failBroken();
    }

    private int failBroken() {
        return text.takeBroken((request, cause) -> {
            if (request.state() != RequestState.FINISHED) {
                ends.fail(request, "could not be continued", cause);
            }
        });
    }

    private void receive(Message message) {
        settleText();
        switch (message) {
            case Message.Submitted submitted -> submitted(submitted.request());
            case Message.Cancelled cancelled -> {
                ServingRequest request = inHouse(cancelled.requestId());
                if (request != null) {
                    ends.finish(request, FinishReason.CANCELLED);
                }
            }
            case Message.ToolReturned returned -> pauses.returned(returned.invocation(), returned.result());
            case Message.Shed shed -> {
                ServingRequest request = inHouse(shed.requestId());
                if (request != null) {
                    ends.fail(request, "its first token was late and others needed its place",
                            new RequestRejectedException(RequestRejectedException.Reason.OVERLOADED,
                                    "the server is overloaded", Optional.of(Duration.ofSeconds(1))));
                }
            }
            case Message.ReaderReady ready -> {
                ServingRequest request = inHouse(ready.requestId());
                if (request != null) {
                    readers.ready(request, config.ticker().nanos());
                }
            }
            case Message.Wake wake -> {
            }
            case Message.CancelAll all -> {
                closing = true;
                parked.forgetAll();
                queues.all().forEach(request -> ends.finish(request, FinishReason.CANCELLED));
            }
        }
    }

    /** A request that its caller still waits for. */
    private @Nullable ServingRequest inHouse(long id) {
        ServingRequest request = queues.find(id);
        return request == null || request.parked ? null : request;
    }

    private void submitted(ServingRequest request) {
        // Nothing before this may fail: the message is gone, and only the queues know the request.
        queues.add(request);
        observation.admitted(request, config.ticker().nanos());
        tellEngine(request);
        if (!parked.rejoin(request, request.arrivalNanos())) {
            estimates.arrived(request);
            config.scheduler().arrived(request, request.arrivalNanos());
        }
        Throwable cause = failure;
        if (cause != null) {
            ends.fail(request, "the server has failed", cause);
        } else if (closing) {
            ends.finish(request, FinishReason.CANCELLED);
        }
    }

    /** The last thing that happens to a loop: whoever is still here is cancelled, and nobody comes any more. */
    void end() {
        inbox.close();
        receive(new Message.CancelAll());
        inbox.drain(this::receive);
        publish();
    }

    /** Without it the engine only knows less. */
    private void tellEngine(ServingRequest request) {
        try {
            engine.admitted(request);
        } catch (RuntimeException e) {
            LOG.error("the engine could not take notice of {}", request, e);
        }
    }

    private int step(long now) {
        StepTransaction transaction;
        try {
            int limit = engine.spec().maxBatchTokens();
            view.update(now, limit);
            int budget = Math.clamp(config.batchPolicy().tokenBudget(view), 1, limit);
            view.update(now, budget);
            StepPlan plan = lastAttempt.alone(config.scheduler().plan(view), now);
            MemoryMoves moves = MemoryMoves.apply(plan, queues, kv, whenPlanned, now);
            observation.moved(plan, queues, now);
            if (plan.grants().isEmpty() && moves.swapped().isEmpty()) {
                return moves.changes();
            }
            transaction = StepTransaction.begin(plan, moves, queues, kv, budget, view.maxRunning());
            record.planned(plan, transaction, now);
        } catch (RuntimeException e) {
            failEverything("the scheduler failed", e);
            return 1;
        }
        for (ServingRequest request : transaction.requests()) {
            if (request.state() == RequestState.WAITING) {
                queues.move(request, RequestState.RUNNING, now);
                request.clock.scheduled(now);
                observation.scheduled(request, now);
            }
        }
        run(transaction);
        return 1;
    }

    private void run(StepTransaction transaction) {
        StepOutcome outcome;
        long begun = config.ticker().nanos();
        // Told before the loop can be taken over: observers are nobody else's business.
        record.begins(begun);
        text.begin();
        watch.begin(begun);
        try {
            outcome = engine.step(transaction.batch());
        } catch (RuntimeException e) {
            outcome = new StepOutcome.Failed(e, false);
        } catch (Error e) {
            outcome = new StepOutcome.Failed(e, true);
        }
        if (!watch.end()) {
            throw new LoopTakenException();
        }
        text.settle();
        steps++;
        record.ran();
        boolean done = false;
        switch (outcome) {
            case StepOutcome.Completed completed when completed.samples().size() == transaction.batch()
                    .samples() -> {
                commit(transaction, completed.samples());
                done = true;
            }
            case StepOutcome.Completed completed -> abort(transaction, new IllegalStateException("the engine returned "
                    + completed.samples().size() + " samples for " + transaction.batch().samples() + " slices"));
            case StepOutcome.Failed failed when failed.fatal() -> failEverything("the engine failed", failed.cause());
            case StepOutcome.Failed failed -> abort(transaction, failed.cause());
        }
        failBroken();
        if (observation.on()) {
            occupancy = occupancy();
            record.ends(!done, occupancy);
        }
    }

    private void commit(StepTransaction transaction, List<Sample> sampled) {
        long now = config.ticker().nanos();
        int next = 0;
        for (int i = 0; i < transaction.requests().size(); i++) {
            ServingRequest request = transaction.requests().get(i);
            Slice slice = transaction.batch().slices().get(i);
            // Asked before the sampled token joins the known ones.
            boolean caughtUp = slice.samples();
            record.recomputed(request.computedTo(slice.end()));
            computedTokens += slice.count();
            if (caughtUp) {
                sampledTokens++;
                samples.take(request, sampled.get(next++), now);
            }
            observation.look(request, now);
        }
    }

    /** What the failed step wrote cannot be trusted, so its requests start over from their known tokens. */
    private void abort(StepTransaction transaction, Throwable cause) {
        transaction.abort();
        LOG.warn("a step with {} requests failed", transaction.requests().size(), cause);
        long now = config.ticker().nanos();
        List<ServingRequest> requests = transaction.requests();
        List<Slice> slices = transaction.batch().slices();
        for (ServingRequest request : transaction.swapped()) {
            if (!requests.contains(request) && request.state() != RequestState.FINISHED) {
                kv.release(request.id());
                request.loseKv();
                observation.look(request, now);
            }
        }
        // Backwards, so that those at the head of the queue keep their order.
        for (int i = requests.size() - 1; i >= 0; i--) {
            ServingRequest request = requests.get(i);
            if (request.stepFailed(slices.get(i).end()) > config.limits().maxStepFailures()) {
                ends.fail(request, "the engine failed " + (config.limits().maxStepFailures() + 1) + " times in a row",
                        cause);
            } else {
                MemoryMoves.startOver(request, queues, kv, whenFailed, now);
            }
        }
    }

    /** A duty cycle ended in an exception that is nobody's but the loop's: nothing can be trusted any more. */
    void crashed(Throwable cause) {
        failEverything("the serving loop failed", cause);
    }

    private void failEverything(String what, Throwable cause) {
        LOG.error("{}: every request fails and no more are taken", what, cause);
        failure = cause;
        try {
            text.settle();
        } catch (RuntimeException e) {
            LOG.error("some text could not be decoded", e);
        }
        parked.forgetAll();
        for (ServingRequest request : queues.all()) {
            try {
                ends.fail(request, what, cause);
            } catch (RuntimeException | Error e) {
                // The others must end all the same.
                LOG.error("{} could not be ended", request, e);
            }
        }
    }

    /** Takes the loop over from a step that has lasted longer than the limit, if there is one; see {@link #takeOver}. */
    boolean takeOverIfHung() {
        Duration timeout = config.limits().stepTimeout();
        return !timeout.isZero()
                && takeOver(timeout.toNanos(), "a step took longer than " + timeout.toMillis() + " ms");
    }

    /**
     * Takes the loop away from a thread that is inside a step for at least so long, and fails every request. From then on the loop is
     * the caller's, whose duty it is to run it until the end; of the engine, nothing is touched any more. From any thread.
     *
     * @return false if there is no such step
     */
    boolean takeOver(long nanos, String why) {
        if (!watch.take(config.ticker().nanos(), nanos)) {
            return false;
        }
        ends.abandonEngine();
        engineAbandoned = true;
        failEverything("the engine hangs", new TimeoutException(why));
        publish();
        return true;
    }

    /** Why nothing is served any more; empty while all is well. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the engine hangs in a step that this loop was taken over from. */
    boolean engineAbandoned() {
        return engineAbandoned;
    }

    /** Turns that are kept for the requests that follow them. */
    int parked() {
        return parked.size();
    }

    /** Calls that are with their handlers. */
    int toolsOut() {
        return tools.out();
    }

    /** Requests in the house as the loop knows them. */
    int live() {
        return queues.size() - parked.size();
    }

    /** Blocks held by requests whose tools are out. */
    public int blocksPaused() {
        return blocks(queues.paused());
    }

    /** Blocks held by requests in the running set. */
    public int blocksRunning() {
        return blocks(queues.running());
    }

    private int blocks(Collection<ServingRequest> requests) {
        int blocks = 0;
        for (ServingRequest request : requests) {
            blocks += kv.held(request.id());
        }
        return blocks;
    }

    /** Nanoseconds that the loop may sleep if no message comes. */
    long idleNanos() {
        long now = config.ticker().nanos();
        return queues.runnable() > 0
                ? RETRY_NANOS
                : Math.min(tools.untilNextDeadline(now), parked.untilNextDeadline(now));
    }

    /** A scheduler may hold back though requests could run, for reasons of time; then it is asked again after this. */
    private static final long RETRY_NANOS = 1_000_000;

    /** The latest snapshot; from any thread. */
    public ServerStats stats() {
        return stats;
    }

    /** What others may know of the loop is now so. */
    private void publish() {
        stats = snapshot();
        if (observation.on()) {
            Occupancy current = occupancy();
            if (!current.equals(occupancy)) {
                occupancy = current;
                observation.tell(new ServerEvent.OccupancyChanged(config.ticker().nanos(), current));
            }
        }
    }

    private Occupancy occupancy() {
        int used = capacity - (engineAbandoned ? 0 : kv.free());
        int swapped = engineAbandoned ? 0 : kv.hostCapacity() - kv.hostFree();
        return new Occupancy(queues.waiting().size(), queues.running().size(), queues.paused().size(), used, capacity,
                Math.min(observation.retained(), used), swapped, hostCapacity);
    }

    private ServerStats snapshot() {
        // A cache that another thread is using cannot be asked.
        int free = engineAbandoned ? 0 : kv.free();
        return new ServerStats(queues.waiting().size(), queues.running().size(), queues.paused().size(), free,
                capacity, steps, computedTokens, sampledTokens, ends.finished());
    }

    /** Violations of what must always hold between two duty cycles; empty if all is well. */
    List<String> violations() {
        List<String> found = Invariants.violations(queues, kv);
        found.addAll(parked.violations());
        return found;
    }
}
