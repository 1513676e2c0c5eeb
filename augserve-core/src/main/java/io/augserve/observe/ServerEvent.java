package io.augserve.observe;

import io.augserve.request.FinishReason;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.Timing;
import io.augserve.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened in a server. A request's first event is {@link RequestAdmitted}; then it is {@link Phase#QUEUED} without KV, and
 * each later change is a {@link PhaseChanged}, so counting these gives exactly the server's queues; its last is {@link RequestFinished}.
 * A turn that is parked for the request that follows has finished for its caller while its context stays: after its {@code RequestFinished} it
 * remains in {@link Phase#TOOL}, until a {@link PhaseChanged} to {@link Phase#FINISHED}. Where one occurrence makes several events, the change of phase comes first.
 */
public sealed interface ServerEvent {
    /** When, on the server's {@link io.augserve.engine.Ticker}: only differences mean anything. */
    long nanos();

    /**
     * A request was refused at the door; it has no other events.
     *
     * @param nanos when it was submitted
     * @param name the id that it brought, if any
     * @param reason why
     */
    record RequestRejected(long nanos, Optional<String> name, RequestRejectedException.Reason reason)
            implements
                ServerEvent {}

    /**
     * A request was let in and waits for its turn.
     *
     * @param nanos when the loop took notice; never before {@link ObservedRequest#arrivalNanos()}
     * @param request who
     */
    record RequestAdmitted(long nanos, ObservedRequest request) implements ServerEvent {}

    /**
     * A request is in a step's batch for the first time.
     *
     * @param nanos when that was planned
     * @param request who
     * @param queued since its arrival
     */
    record RequestScheduled(long nanos, ObservedRequest request, Duration queued) implements ServerEvent {}

    /**
     * A request does something else now, or its KV is elsewhere.
     *
     * @param nanos when
     * @param request who
     * @param from until now; the same as {@code to} if only the KV moved
     * @param to from now on
     * @param kv where its KV is now
     */
    record PhaseChanged(long nanos, ObservedRequest request, Phase from, Phase to, KvPlace kv) implements ServerEvent {}

    /**
     * The first token of a request was sampled. Its {@link TokenSampled} follows.
     *
     * @param nanos when
     * @param request who
     * @param timeToFirstToken since its arrival: queue and prefill included
     */
    record FirstToken(long nanos, ObservedRequest request, Duration timeToFirstToken) implements ServerEvent {}

    /**
     * A token was sampled. Made only for observers that {@linkplain ServerObserver#watchesTokens() watch tokens}.
     *
     * @param nanos when
     * @param request who
     * @param outputTokens sampled so far, this one included
     * @param sinceLast since the previous token of the same segment; empty for the first of a segment
     */
    record TokenSampled(long nanos, ObservedRequest request, int outputTokens, Optional<Duration> sinceLast)
            implements
                ServerEvent {}

    /**
     * A request lost its place in a batch and waits again.
     *
     * @param nanos when
     * @param request who
     * @param cause why
     */
    record RequestPreempted(long nanos, ObservedRequest request, Cause cause) implements ServerEvent {
        /** Why a request stopped running. */
        public enum Cause {
            /** The plan took its blocks; what it had computed must be computed again or found in the cache. */
            MEMORY,
            /** The plan moved its blocks to host memory. */
            SWAP,
            /** A step failed, or it had to stand back while the culprit of one is looked for. */
            FAULT
        }
    }

    /**
     * A turn ended in calls, which are about to go out.
     *
     * @param nanos when
     * @param request who
     * @param segment index of the service segment that made the calls, from 0
     * @param tools names of the request's tools that were called, in the order of the calls; calls that name none of them are left out
     * @param predicted how long the predictor expects them to take in all
     */
    record ToolPauseBegan(long nanos, ObservedRequest request, int segment, List<String> tools, Duration predicted)
            implements
                ServerEvent {
        /** Copies the list. */
        public ToolPauseBegan {
            tools = List.copyOf(tools);
        }
    }

    /**
     * A call that had gone out to its tool came back, failed or timed out.
     *
     * @param nanos when
     * @param request who called
     * @param tool name
     * @param duration since the handler was asked
     * @param failed whether the model reads a failure
     */
    record ToolCallEnded(long nanos, ObservedRequest request, String tool, Duration duration, boolean failed)
            implements
                ServerEvent {}

    /**
     * A pause for tools is over.
     *
     * @param nanos when
     * @param request who
     * @param segment index of the service segment that made the calls, from 0
     * @param tools as in {@link ToolPauseBegan}
     * @param predicted how long the predictor had expected
     * @param actual since the pause began
     * @param returned whether all results are in; false if the request ends before
     */
    record ToolPauseEnded(long nanos, ObservedRequest request, int segment, List<String> tools, Duration predicted,
            Duration actual, boolean returned) implements ServerEvent {
        /** Copies the list. */
        public ToolPauseEnded {
            tools = List.copyOf(tools);
        }
    }

    /**
     * A request left; the same facts as in its result.
     *
     * @param nanos when
     * @param request who
     * @param reason why
     * @param timing where its time went
     * @param usage what it took
     * @param objectiveMet whether it was neither cancelled nor failed, and both clauses of its objective held
     * @param cause what made it fail, if that was not its own fault; {@link RequestRejectedException} if it gave up its place under
     *        overload
     */
    record RequestFinished(long nanos, ObservedRequest request, FinishReason reason, Timing timing, Usage usage,
            boolean objectiveMet, Optional<Throwable> cause) implements ServerEvent {}

    /**
     * The engine gets a batch. {@link StepEnded} follows, unless the step hangs and the server is taken from it.
     *
     * @param nanos when
     * @param planning since the batch policy was asked
     * @param requests in the batch
     * @param prefillTokens of prompts, of tool results, and recomputed ones
     * @param decodeTokens sampled by the step before, one for each request that decodes
     */
    record StepBegan(long nanos, Duration planning, int requests, int prefillTokens, int decodeTokens)
            implements
                ServerEvent {}

    /**
     * The engine's step is over, and what it brought has been told.
     *
     * @param nanos when
     * @param planning from asking the batch policy to handing the batch to the engine
     * @param running that the engine took
     * @param work what was in the batch
     * @param failed whether the step failed, so that what it computed does not count
     * @param occupancy afterwards
     */
    record StepEnded(long nanos, Duration planning, Duration running, StepWork work, boolean failed,
            Occupancy occupancy) implements ServerEvent {}

    /**
     * Requests came, left or changed places, or memory changed hands, without a step. At the end of a duty cycle, the occupancy of the
     * latest of these and {@link StepEnded} is the server's.
     *
     * @param nanos when
     * @param occupancy now
     */
    record OccupancyChanged(long nanos, Occupancy occupancy) implements ServerEvent {}
}
