package io.augserve.serving;

import io.augserve.observe.KvPlace;
import io.augserve.observe.ObservedRequest;
import io.augserve.observe.Occupancy;
import io.augserve.observe.Phase;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerObserver;
import io.augserve.request.FinishReason;
import io.augserve.request.ServerStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An observer that knows events alone, and finds out from them what the server itself counts; whatever does not agree is a violation. */
final class Recount implements ServerObserver {
    private static final Occupancy EMPTY = new Occupancy(0, 0, 0, 0, 0, 0, 0, 0);

    private static final Phase[] PHASES = Phase.values();

    private final int[] phases = new int[PHASES.length];
    private final List<String> violations = new ArrayList<>();
    private final Map<ObservedRequest, Seen> live = new HashMap<>();
    private ServerEvent.StepBegan begun = new ServerEvent.StepBegan(0, Duration.ZERO, 0, 0, 0);
    private Occupancy occupancy = EMPTY;
    private long last = Long.MIN_VALUE;
    private long steps;
    private long computed;
    private long sampled;
    private long finished;
    private long recomputedInSteps;
    private long recomputedByRequests;
    private long reusedInSteps;
    private long reusedByRequests;
    private long preempted;
    private long preemptionsOfRequests;

    private static final class Seen {
        Phase phase = Phase.QUEUED;
        KvPlace kv = KvPlace.NONE;
        Duration timeToFirstToken = Duration.ZERO;
        int tokens;
        boolean scheduled;
        boolean finished;
        boolean pausing;
        Duration paused = Duration.ZERO;
    }

    @Override
    public void observe(ServerEvent event) {
        // A request may have been refused at once while its elders wait for the loop.
        if (!(event instanceof ServerEvent.RequestRejected)) {
            expect(event.nanos() >= last, event, "no earlier than the one before");
            last = event.nanos();
        }
        ServerObserver.super.observe(event);
    }

    private void expect(boolean right, Object event, Object expected) {
        if (!right) {
            violations.add(event + ": expected " + expected);
        }
    }

    private Seen seen(ObservedRequest request, ServerEvent event) {
        Seen seen = live.get(request);
        expect(seen != null, event, "a request that was admitted and has not finished");
        return seen == null ? new Seen() : seen;
    }

    @Override
    public void admitted(ServerEvent.RequestAdmitted event) {
        expect(live.put(event.request(), new Seen()) == null, event, "a request that is new");
        phases[Phase.QUEUED.ordinal()]++;
        expect(event.nanos() >= event.request().arrivalNanos(), event, "no earlier than it was submitted");
    }

    @Override
    public void phaseChanged(ServerEvent.PhaseChanged event) {
        Seen seen = seen(event.request(), event);
        expect(seen.phase == event.from(), event, seen.phase);
        expect(seen.phase != event.to() || seen.kv != event.kv(), event, "a change");
        expect(!event.to().runs() || event.kv() == KvPlace.DEVICE, event, "a running request's KV on the device");
        expect((event.to() == Phase.SWAPPED) == (event.to().waits() && event.kv() == KvPlace.HOST), event,
                "one that waits to be swapped exactly if blocks are with the host");
        phases[event.from().ordinal()]--;
        phases[event.to().ordinal()]++;
        seen.phase = event.to();
        seen.kv = event.kv();
        gone(event.request(), seen);
    }

    private void gone(ObservedRequest request, Seen seen) {
        if (seen.finished && seen.phase == Phase.FINISHED) {
            live.remove(request);
        }
    }

    @Override
    public void scheduled(ServerEvent.RequestScheduled event) {
        Seen seen = seen(event.request(), event);
        expect(!seen.scheduled && seen.phase.runs(), event, "the first time that it runs");
        expect(event.queued().toNanos() == event.nanos() - event.request().arrivalNanos(), event, "since arrival");
        seen.scheduled = true;
    }

    @Override
    public void firstToken(ServerEvent.FirstToken event) {
        Seen seen = seen(event.request(), event);
        expect(seen.tokens == 0, event, "no token before");
        seen.timeToFirstToken = event.timeToFirstToken();
    }

    @Override
    public void tokenSampled(ServerEvent.TokenSampled event) {
        Seen seen = seen(event.request(), event);
        expect(event.outputTokens() == seen.tokens + 1, event, "one token more");
        seen.tokens++;
        sampled++;
    }

    @Override
    public void preempted(ServerEvent.RequestPreempted event) {
        Seen seen = seen(event.request(), event);
        expect(seen.phase.waits(), event, "a request that waits");
        boolean swapped = event.cause() == ServerEvent.RequestPreempted.Cause.SWAP;
        expect(swapped == (seen.phase == Phase.SWAPPED), event, "swapped exactly by a swap");
        preempted += swapped ? 0 : 1;
    }

    @Override
    public void toolPauseBegan(ServerEvent.ToolPauseBegan event) {
        Seen seen = seen(event.request(), event);
        expect(seen.phase == Phase.TOOL && !seen.pausing, event, "a request that has just paused");
        seen.pausing = true;
    }

    @Override
    public void toolCallEnded(ServerEvent.ToolCallEnded event) {
        expect(seen(event.request(), event).pausing, event, "calls that are out");
    }

    @Override
    public void toolPauseEnded(ServerEvent.ToolPauseEnded event) {
        Seen seen = seen(event.request(), event);
        expect(seen.phase == Phase.TOOL && seen.pausing, event, "a pause");
        seen.pausing = false;
        seen.paused = seen.paused.plus(event.actual());
    }

    @Override
    public void finished(ServerEvent.RequestFinished event) {
        Seen seen = seen(event.request(), event);
        boolean parked = event.reason() == FinishReason.TOOL_CALLS && seen.phase == Phase.TOOL && seen.pausing;
        expect(parked || (seen.phase == Phase.FINISHED && !seen.pausing), event, "a request that has left");
        expect(!seen.finished, event, "the first time");
        seen.finished = true;
        gone(event.request(), seen);
        expect(seen.tokens == event.usage().outputTokens(), event, seen.tokens);
        expect(seen.tokens == 0 || seen.timeToFirstToken.equals(event.timing().timeToFirstToken()), event,
                seen.timeToFirstToken);
        expect(seen.paused.equals(event.timing().tools()), event, seen.paused);
        expect(event.cause().isEmpty() || event.reason() == FinishReason.FAILED, event, "a cause of a failure");
        finished++;
        recomputedByRequests += event.usage().recomputedTokens();
        reusedByRequests += event.usage().reusedTokens();
        preemptionsOfRequests += event.usage().preemptions();
    }

    @Override
    public void stepBegan(ServerEvent.StepBegan event) {
        begun = event;
    }

    @Override
    public void stepEnded(ServerEvent.StepEnded event) {
        expect(begun.requests() == event.work().requests() && begun.prefillTokens() == event.work().prefillTokens()
                && begun.decodeTokens() == event.work().decodeTokens(), event, begun);
        expect(event.nanos() - begun.nanos() == event.running().toNanos(), event, begun);
        steps++;
        computed += event.failed() ? 0 : event.work().tokens();
        recomputedInSteps += event.work().recomputedTokens();
        reusedInSteps += event.work().reusedTokens();
        expect(event.work().recomputedTokens() <= event.work().tokens(), event, "part of the batch");
        expect(event.work().reusedTokens() <= event.work().lookedUpTokens(), event, "part of what was looked up");
        occupied(event, event.occupancy());
    }

    @Override
    public void occupancyChanged(ServerEvent.OccupancyChanged event) {
        expect(!event.occupancy().equals(occupancy), event, "a change");
        occupied(event, event.occupancy());
    }

    private void occupied(ServerEvent event, Occupancy now) {
        occupancy = now;
        expect(now.waiting() == count(Phase::waits), event, "as many waiting as phases say");
        expect(now.running() == count(Phase::runs), event, "as many running as phases say");
        expect(now.paused() == count(Phase::isPaused), event, "as many paused as phases say");
    }

    private int count(Predicate<Phase> of) {
        int count = 0;
        for (Phase phase : PHASES) {
            count += of.test(phase) ? phases[phase.ordinal()] : 0;
        }
        return count;
    }

    /** Compares with what the loop says of itself, between two duty cycles. */
    void compare(ServingLoop loop, Consumer<String> violation) {
        ServerStats stats = loop.stats();
        equal("waiting", occupancy.waiting(), stats.waiting());
        equal("running", occupancy.running(), stats.running());
        equal("paused", occupancy.paused(), stats.paused());
        equal("finished", finished, stats.finished());
        if (!occupancy.equals(EMPTY)) {
            equal("capacity", occupancy.capacityBlocks(), stats.capacityBlocks());
            equal("used blocks", occupancy.usedBlocks(), stats.capacityBlocks() - stats.freeBlocks());
        }
        equal("steps", steps, stats.steps());
        equal("computed tokens", computed, stats.computedTokens());
        if (!loop.engineAbandoned()) {
            equal("retained blocks", occupancy.retainedBlocks(), loop.blocksPaused());
        }
        // A step that ended the server, or never ends, may have reused without being told.
        if (live.isEmpty() && loop.failure().isEmpty()) {
            equal("recomputed tokens", recomputedInSteps, recomputedByRequests);
            equal("reused tokens", reusedInSteps, reusedByRequests);
            equal("preemptions", preempted, preemptionsOfRequests);
        }
        violations.forEach(what -> violation.accept("observed: " + what));
        violations.clear();
    }

    private void equal(String what, long observed, long real) {
        if (observed != real) {
            violations.add(what + " " + observed + ": expected " + real);
        }
    }

    /** Tokens that were sampled. */
    long sampled() {
        return sampled;
    }
}
