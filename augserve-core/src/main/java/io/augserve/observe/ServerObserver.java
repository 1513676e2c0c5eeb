package io.augserve.observe;

import io.augserve.observe.ServerEvent.FirstToken;
import io.augserve.observe.ServerEvent.OccupancyChanged;
import io.augserve.observe.ServerEvent.PhaseChanged;
import io.augserve.observe.ServerEvent.RequestAdmitted;
import io.augserve.observe.ServerEvent.RequestFinished;
import io.augserve.observe.ServerEvent.RequestPreempted;
import io.augserve.observe.ServerEvent.RequestRejected;
import io.augserve.observe.ServerEvent.RequestScheduled;
import io.augserve.observe.ServerEvent.StepBegan;
import io.augserve.observe.ServerEvent.StepEnded;
import io.augserve.observe.ServerEvent.TokenSampled;
import io.augserve.observe.ServerEvent.ToolCallEnded;
import io.augserve.observe.ServerEvent.ToolPauseBegan;
import io.augserve.observe.ServerEvent.ToolPauseEnded;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Watches a server. Every event comes to {@link #observe}, which hands it to the method of its kind; override the ones of interest, or
 * {@code observe} for all. It watches and changes nothing: what it throws is logged once and swallowed.
 *
 * <p>All events but one come on the thread of the server's loop, in the order in which things happened, while every request waits: return
 * fast, and block on nothing. {@link RequestRejected} comes on the thread that submitted, perhaps at the same time as others. Events are
 * immutable and may be kept.
 */
public interface ServerObserver {
    /** Any event; by default, calls the method of its kind. */
    default void observe(ServerEvent event) {
        switch (event) {
            case RequestRejected rejected -> rejected(rejected);
            case RequestAdmitted admitted -> admitted(admitted);
            case RequestScheduled scheduled -> scheduled(scheduled);
            case PhaseChanged changed -> phaseChanged(changed);
            case FirstToken first -> firstToken(first);
            case TokenSampled sampled -> tokenSampled(sampled);
            case RequestPreempted preempted -> preempted(preempted);
            case ToolPauseBegan began -> toolPauseBegan(began);
            case ToolCallEnded ended -> toolCallEnded(ended);
            case ToolPauseEnded ended -> toolPauseEnded(ended);
            case RequestFinished finished -> finished(finished);
            case StepBegan began -> stepBegan(began);
            case StepEnded ended -> stepEnded(ended);
            case OccupancyChanged changed -> occupancyChanged(changed);
        }
    }

    /** A request was refused; on the submitting thread. */
    default void rejected(RequestRejected event) {}

    /** A request was let in. */
    default void admitted(RequestAdmitted event) {}

    /** A request is in a batch for the first time. */
    default void scheduled(RequestScheduled event) {}

    /** A request does something else now, or its KV is elsewhere. */
    default void phaseChanged(PhaseChanged event) {}

    /** A request has its first token. */
    default void firstToken(FirstToken event) {}

    /** A request has another token; only if {@link #watchesTokens()}. */
    default void tokenSampled(TokenSampled event) {}

    /** A request had to leave the running set. */
    default void preempted(RequestPreempted event) {}

    /** A request's calls go out. */
    default void toolPauseBegan(ToolPauseBegan event) {}

    /** A call came back. */
    default void toolCallEnded(ToolCallEnded event) {}

    /** A request's calls are all back, or it ends before. */
    default void toolPauseEnded(ToolPauseEnded event) {}

    /** A request left. */
    default void finished(RequestFinished event) {}

    /** The engine gets a batch. */
    default void stepBegan(StepBegan event) {}

    /** A step is over. */
    default void stepEnded(StepEnded event) {}

    /** Who is in the house or what they hold changed without a step. */
    default void occupancyChanged(OccupancyChanged event) {}

    /**
     * Whether {@link #tokenSampled} is of interest: it is by far the most frequent event. Asked once, when the server is built.
     */
    default boolean watchesTokens() {
        return true;
    }

    /** Watches nothing, and costs nothing. */
    static ServerObserver none() {
        return NoObserver.INSTANCE;
    }

    /** Hands every event to one function. */
    static ServerObserver of(Consumer<? super ServerEvent> consumer) {
        return new ServerObserver() {
            @Override
            public void observe(ServerEvent event) {
                consumer.accept(event);
            }
        };
    }

    /**
     * Writes events of Java Flight Recorder, {@code augserve.RequestAdmitted} and others; see docs/metrics.md. Every {@code AugServe} has
     * one. Each call makes another, for one server; {@link #none()} where the Java runtime has no Flight Recorder.
     */
    static ServerObserver flightRecorder() {
        return FlightRecorders.observer();
    }

    /** Several, each guarded, in this order. */
    static ServerObserver all(ServerObserver... observers) {
        List<ServerObserver> guarded = Stream.of(observers).filter(observer -> !(observer instanceof NoObserver))
                .map(ServerObserver::guarded).toList();
        return switch (guarded.size()) {
            case 0 -> none();
            case 1 -> guarded.getFirst();
            default -> new SeveralObservers(guarded);
        };
    }

    /** One that never throws: what the given one throws is logged, the first time, and swallowed. A server guards its own. */
    static ServerObserver guarded(ServerObserver observer) {
        return observer instanceof NoObserver || observer instanceof GuardedObserver
                || observer instanceof SeveralObservers
                        ? observer
                        : new GuardedObserver(observer);
    }
}
