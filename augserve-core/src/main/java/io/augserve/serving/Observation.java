package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.observe.KvPlace;
import io.augserve.observe.ObservedRequest;
import io.augserve.observe.Phase;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerEvent.RequestPreempted.Cause;
import io.augserve.observe.ServerObserver;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationResult;
import io.augserve.schedule.RequestListener;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.StepPlan;
import io.augserve.tool.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Turns what the loop does into events. It compares each request with what the observer was told of it last, so {@link #look} may be called
 * wherever something might have changed, as often as one likes. Without an observer every method returns at once and nothing is made.
 */
final class Observation {
    private final ServerObserver observer;
    private final KvCache kv;
    private final boolean on;
    private final boolean tokens;
    private int retained;
    private long latest = Long.MIN_VALUE;

    /** @param observer guarded */
    Observation(ServerObserver observer, KvCache kv) {
        this.observer = observer;
        this.kv = kv;
        this.on = !observer.equals(ServerObserver.none());
        this.tokens = observer.watchesTokens();
    }

    /** Whether anybody watches. */
    boolean on() {
        return on;
    }

    void tell(ServerEvent event) {
        observer.observe(event);
    }

    /** Some of the loop's instants are those of a message's sender: observers see time go forward all the same. */
    private long at(long now) {
        latest = Math.max(latest, now);
        return latest;
    }

    /** Sum of the device blocks that each paused request holds, alone or with others. */
    int retained() {
        return retained;
    }

    /** A request waits that nobody has seen before. */
    void admitted(ServingRequest request, long now) {
        if (on) {
            Sight sight = new Sight(new ObservedRequest(request.id(), request.name(), request.kind(),
                    request.priority(), request.promptTokens(), request.sampling().maxTokens(),
                    request.serviceLevel(), request.arrivalNanos()));
            request.sight = sight;
            tell(new ServerEvent.RequestAdmitted(at(now), sight.request));
        }
    }

    /** Tells how a request differs from what was last told of it. */
    void look(ServingRequest request, long now) {
        Sight sight = request.sight;
        if (!on || sight == null) {
            return;
        }
        KvPlace place = place(request);
        Phase phase = phase(request, place);
        int held = phase.isPaused() ? kv.held(request.id()) : 0;
        retained += held - sight.retained;
        sight.retained = held;
        if (phase != sight.phase || place != sight.kv) {
            Phase before = sight.phase;
            sight.phase = phase;
            sight.kv = place;
            tell(new ServerEvent.PhaseChanged(at(now), sight.request, before, phase, place));
        }
    }

    /** The cache is not asked about requests that have left: it may be in the hands of a step that hangs. */
    private KvPlace place(ServingRequest request) {
        return switch (request.state()) {
            case FINISHED -> KvPlace.NONE;
            case RUNNING -> KvPlace.DEVICE;
            case WAITING, PAUSED -> kv.hostHeld(request.id()) > 0
                    ? KvPlace.HOST
                    : kv.held(request.id()) > 0 ? KvPlace.DEVICE : KvPlace.NONE;
        };
    }

    private static Phase phase(ServingRequest request, KvPlace place) {
        return switch (request.state()) {
            case FINISHED -> Phase.FINISHED;
            case RUNNING -> decodes(request) ? Phase.DECODE : Phase.PREFILL;
            case WAITING -> place == KvPlace.HOST ? Phase.SWAPPED : Phase.QUEUED;
            case PAUSED -> request.stalled ? Phase.READER : Phase.TOOL;
        };
    }

    /** Whether all that is left to compute is the token that was sampled last. */
    static boolean decodes(ServingRequest request) {
        return request.uncomputedTokens() == 1 && request.isOutput(request.length() - 1);
    }

    /** The plan's memory has moved. */
    void moved(StepPlan plan, RequestQueues queues, long now) {
        if (on) {
            plan.discarded().forEach(request -> look(request, queues, now));
            plan.swapOuts().forEach(swap -> look(swap.request(), queues, now));
            plan.swapIns().forEach(swap -> look(swap.request(), queues, now));
        }
    }

    private void look(RequestView planned, RequestQueues queues, long now) {
        ServingRequest request = queues.find(planned.id());
        if (request != null) {
            look(request, now);
        }
    }

    /** A request is in a batch. */
    void scheduled(ServingRequest request, long now) {
        Sight sight = request.sight;
        if (on && sight != null && !sight.scheduled) {
            sight.scheduled = true;
            tell(new ServerEvent.RequestScheduled(at(now), sight.request,
                    Duration.ofNanos(now - request.arrivalNanos())));
        }
    }

    /** A token joined the request's; its clock does not know yet. */
    void sampled(ServingRequest request, long now) {
        Sight sight = request.sight;
        if (!on || sight == null) {
            return;
        }
        if (request.outputTokens() == 1) {
            tell(new ServerEvent.FirstToken(at(now), sight.request, Duration.ofNanos(now - request.arrivalNanos())));
        }
        if (tokens) {
            tell(new ServerEvent.TokenSampled(at(now), sight.request, request.outputTokens(),
                    request.clock.sinceLastToken(now)));
        }
    }

    /** A listener that tells the scheduler and then the observer; the scheduler alone if nobody watches. */
    RequestListener preemptions(RequestListener scheduler, Cause cause) {
        return !on ? scheduler : new RequestListener() {
            @Override
            public void preempted(RequestView request, long now) {
                scheduler.preempted(request, now);
                if (request instanceof ServingRequest preempted) {
                    Observation.this.preempted(preempted, cause, now);
                }
            }
        };
    }

    private void preempted(ServingRequest request, Cause cause, long now) {
        look(request, now);
        Sight sight = request.sight;
        if (sight != null) {
            Cause seen = cause == Cause.MEMORY && sight.kv == KvPlace.HOST ? Cause.SWAP : cause;
            tell(new ServerEvent.RequestPreempted(at(now), sight.request, seen));
        }
    }

    /** The request's calls are about to go out, and its estimate is that of the pause. */
    void pauseBegan(ServingRequest request, List<String> called, long now) {
        Sight sight = request.sight;
        if (on && sight != null) {
            sight.pausedSince = at(now);
            sight.tools = called.stream()
                    .filter(name -> request.handlers.containsKey(name) || request.declared.contains(name)).toList();
            sight.predicted = Duration.ofNanos(Math.round(request.estimate().toolSeconds() * 1e9));
            tell(new ServerEvent.ToolPauseBegan(at(now), sight.request, request.segment(), sight.tools,
                    sight.predicted));
        }
    }

    void callEnded(ToolInvocation invocation, ToolResult result, long elapsed, long now) {
        Sight sight = invocation.request.sight;
        if (on && sight != null) {
            tell(new ServerEvent.ToolCallEnded(at(now), sight.request, invocation.call.name(),
                    Duration.ofNanos(elapsed),
                    result.failed()));
        }
    }

    /** All results are in, or the request ends with calls out; it still has its pause. */
    void pauseEnded(ServingRequest request, boolean returned, long now) {
        Sight sight = request.sight;
        if (on && sight != null) {
            tell(new ServerEvent.ToolPauseEnded(at(now), sight.request, request.segment(), sight.tools, sight.predicted,
                    Duration.ofNanos(at(now) - sight.pausedSince), returned));
        }
    }

    /** A request has left. */
    void finished(ServingRequest request, GenerationResult result, Optional<Throwable> cause, long now) {
        Sight sight = request.sight;
        if (on && sight != null) {
            FinishReason reason = result.finishReason();
            boolean met = reason != FinishReason.CANCELLED && reason != FinishReason.FAILED
                    && result.meets(request.serviceLevel());
            tell(new ServerEvent.RequestFinished(at(now), sight.request, reason, result.timing(), result.usage(), met,
                    cause));
        }
    }
}
