package io.augserve.serving;

import io.augserve.engine.Engine;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.request.Usage;
import io.augserve.schedule.RequestState;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How requests leave the house: they own nothing afterwards, and their handles are completed once. */
final class RequestEnds {
    private static final Logger LOG = LoggerFactory.getLogger(RequestEnds.class);

    private final LoopConfig config;
    private final RequestQueues queues;
    private final Engine engine;
    private final ToolDispatcher tools;
    private final Estimates estimates;
    private final Admission door;
    private final Observation observation;
    private long finished;
    private boolean engineAbandoned;

    RequestEnds(LoopConfig config, RequestQueues queues, ToolDispatcher tools, Estimates estimates,
            Admission door, Observation observation) {
        this.config = config;
        this.queues = queues;
        this.engine = config.engine();
        this.tools = tools;
        this.estimates = estimates;
        this.door = door;
        this.observation = observation;
    }

    /** Ends a request that did not fail. */
    void finish(ServingRequest request, FinishReason reason) {
        boolean inTurn = request.pause == null;
        // A turn that stopped has said what it had to say; one that is cut short may hold text back.
        String held = reason == FinishReason.STOP ? "" : heldBack(request);
        if (inTurn && !held.isEmpty()) {
            request.emit(new GenerationEvent.TextPiece(request.ownSegment(), held, List.of()));
        }
        if (reason == FinishReason.STOP) {
            estimates.stopped(request);
        }
        complete(request, leave(request, reason, List.of(), Optional.empty()), inTurn);
    }

    /** Ends a request whose turn called tools that its caller runs. */
    void handOver(ServingRequest request, List<ToolCall> calls) {
        estimates.stopped(request);
        complete(request, leave(request, FinishReason.TOOL_CALLS, calls, Optional.empty()), true);
    }

    /** Ends a request for its caller and the house, which has been parked: it keeps what it holds. */
    void handedOver(ServingRequest request, GenerationResult result) {
        finished++;
        observation.finished(request, result, Optional.empty(), config.ticker().nanos());
        door.left(request);
        complete(request, result, true);
        // What its reader has not read belongs to whoever has the handle, not to the parked turn.
        request.handle = GenerationHandle.NOBODYS;
    }

    /** Ends a parked turn, whose caller has had its answer long ago. */
    void forget(ServingRequest request) {
        observation.pauseEnded(request, false, config.ticker().nanos());
        vanish(request, config.ticker().nanos());
        tellScheduler(request, config.ticker().nanos());
    }

    /** The request owns nothing and is in no queue any more; the scheduler does not know yet. */
    void vanish(ServingRequest request, long now) {
        giveBack(request);
        queues.move(request, RequestState.FINISHED, now);
        request.pause = null;
        request.stalled = false;
        request.parked = false;
    }

    private static void complete(ServingRequest request, GenerationResult result, boolean inTurn) {
        if (inTurn) {
            request.emit(new GenerationEvent.SegmentFinished(result.segments().size() - 1,
                    result.segments().getLast()));
        }
        request.handle.complete(result);
    }

    /** A decoder that fails now costs the text that it holds and nothing else. */
    private static String heldBack(ServingRequest request) {
        try {
            return request.turn.finish();
        } catch (RuntimeException e) {
            LOG.warn("the decoder of {} failed at its end", request, e);
            return "";
        }
    }

    /** Ends a request that is at fault itself. */
    void fail(ServingRequest request, String message) {
        request.handle.fail(
                new GenerationFailedException(leave(request, FinishReason.FAILED, List.of(), Optional.empty()),
                        described(request, message)));
    }

    /** Ends a request that something else made fail. */
    void fail(ServingRequest request, String message, Throwable cause) {
        request.handle
                .fail(new GenerationFailedException(leave(request, FinishReason.FAILED, List.of(), Optional.of(cause)),
                        described(request, message) + ": " + cause.getMessage(), cause));
    }

    private static String described(ServingRequest request, String message) {
        return "request '" + request.name() + "': " + message;
    }

    private GenerationResult leave(ServingRequest request, FinishReason reason, List<ToolCall> calls,
            Optional<Throwable> cause) {
        long now = config.ticker().nanos();
        if (request.pause != null) {
            tools.abandon(request.pause);
            observation.pauseEnded(request, false, now);
        }
        GenerationResult result = result(request, reason, calls, now);
        vanish(request, now);
        finished++;
        observation.finished(request, result, cause, now);
        tellScheduler(request, now);
        door.left(request);
        return result;
    }

    /**
     * What the request has made.
     *
     * @param calls of the last turn, unless it is paused
     */
    static GenerationResult result(ServingRequest request, FinishReason reason, List<ToolCall> calls, long now) {
        List<SegmentResult> segments = new ArrayList<>(request.segments);
        if (request.pause == null) {
            segments.add(new SegmentResult(request.turn.text(), calls, List.of(), request.turn.outputTokens()));
        }
        return new GenerationResult(request.name(), segments.getLast().text(), reason, segments,
                request.outputs,
                new Usage(request.promptTokens(), request.outputs.size(), request.toolResultTokens(),
                        request.recomputedTokens(), request.reusedTokens(), request.swappedTokens(),
                        request.preemptions(), request.cachedTokens()),
                request.clock.timing(now));
    }

    /** The engine hangs in a step: from now on nothing of it is touched. */
    void abandonEngine() {
        engineAbandoned = true;
    }

    /** The request's handle must be completed even if the engine fails to clean up after it. */
    private void giveBack(ServingRequest request) {
        if (engineAbandoned) {
            return;
        }
        try {
            engine.kvCache().release(request.id());
            engine.ended(request.id());
        } catch (RuntimeException e) {
            LOG.error("the engine could not clean up after {}", request, e);
        }
    }

    /** A request ends in many ways, the scheduler's own failure among them: it must not be able to stop that. */
    private void tellScheduler(ServingRequest request, long now) {
        try {
            config.scheduler().ended(request, now);
        } catch (RuntimeException e) {
            LOG.error("the scheduler could not forget {}", request, e);
        }
    }

    /** Runs what handles one request; whatever goes wrong in it fails that request alone. */
    void guarded(ServingRequest request, Runnable handling) {
        try {
            handling.run();
        } catch (RuntimeException e) {
            LOG.warn("{} failed", request, e);
            if (request.state() != RequestState.FINISHED) {
                fail(request, "could not be continued", e);
            }
        }
    }

    /** Requests that have left so far. */
    long finished() {
        return finished;
    }
}
