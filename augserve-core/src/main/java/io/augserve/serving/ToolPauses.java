package io.augserve.serving;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.ChatFormat;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationEvent;
import io.augserve.request.SegmentResult;
import io.augserve.schedule.RequestState;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A turn that ends in calls pauses its request: the calls go out together, and when the last result is in, the results become known
 * tokens and the request waits for its turn again.
 */
final class ToolPauses {
    private static final Logger LOG = LoggerFactory.getLogger(ToolPauses.class);

    private final LoopConfig config;
    private final RequestQueues queues;
    private final ToolDispatcher tools;
    private final RequestEnds ends;
    private final Estimates estimates;
    private final SlowReaders readers;
    private final ParkedTurns parked;
    private final Observation observation;
    private final Optional<ChatFormat> format;

    ToolPauses(LoopConfig config, RequestQueues queues, ToolDispatcher tools, RequestEnds ends,
            Estimates estimates, SlowReaders readers, ParkedTurns parked, Observation observation) {
        this.config = config;
        this.queues = queues;
        this.tools = tools;
        this.ends = ends;
        this.estimates = estimates;
        this.readers = readers;
        this.parked = parked;
        this.observation = observation;
        this.format = config.engine().chatFormat();
    }

    /** The model has ended its turn with at least one call. */
    void pause(ServingRequest request, long now) {
        int segment = request.ownSegment();
        TurnEnd end = TurnEnd.of(request, segment);
        if (end.isForCaller(request)) {
            parked.handOver(request, end.calls(), now);
            return;
        }
        SegmentResult closed = new SegmentResult(request.turn.text(), end.calls(), List.of(),
                request.turn.outputTokens());
        request.segments.add(closed);
        queues.move(request, RequestState.PAUSED, now);
        request.clock.paused(now);
        Pause pause = new Pause(end.calls().stream().map(ToolCall::name).toList());
        request.pause = pause;
        estimates.paused(request);
        observation.pauseBegan(request, pause.tools(), now);
        config.scheduler().paused(request, now);
        request.emit(new GenerationEvent.SegmentFinished(segment, closed));
        for (int i = 0; i < end.calls().size(); i++) {
            ToolCall call = end.calls().get(i);
            request.emit(new GenerationEvent.ToolCallStarted(segment, call));
            Optional<ToolResult> ready = end.ready().get(i).or(() -> refused(call));
            if (ready.isPresent()) {
                take(request, pause, i, call, ready.get(), Duration.ZERO);
            } else {
                start(request, pause, i, call);
            }
        }
        resumeIfComplete(request, pause);
    }

    private Optional<ToolResult> refused(ToolCall call) {
        int most = config.limits().maxPaused();
        return queues.paused().size() - parked.size() <= most
                ? Optional.empty()
                : Optional.of(ToolResult.failure("the tool '" + call.name() + "' could not be started: " + most
                        + " requests wait for tools already"));
    }

    private void start(ServingRequest request, Pause pause, int index, ToolCall call) {
        Tool tool = requireNonNull(request.handlers.get(call.name()));
        ToolInvocation invocation = new ToolInvocation(request, index, call, tool, config.ticker(),
                config.toolExecutor());
        pause.invocations.add(invocation);
        tools.start(invocation);
    }

    /** A tool answered; an answer that nobody waits for any more is dropped. */
    void returned(ToolInvocation invocation, ToolResult result) {
        if (invocation.answered) {
            LOG.debug("late answer to {} dropped", invocation.idempotencyKey());
            return;
        }
        tools.settle(invocation);
        ServingRequest request = invocation.request;
        Pause pause = requireNonNull(request.pause);
        long elapsed = invocation.elapsed();
        observation.callEnded(invocation, result, elapsed, config.ticker().nanos());
        ends.guarded(request, () -> {
            take(request, pause, invocation.index, invocation.call, result, Duration.ofNanos(elapsed));
            resumeIfComplete(request, pause);
        });
    }

    /** A call outlived its deadline. */
    void timedOut(ToolInvocation invocation) {
        returned(invocation, ToolResult.failure("the tool '" + invocation.call.name() + "' timed out after "
                + invocation.tool.timeout().toMillis() + " ms"));
        invocation.cancel();
    }

    private static void take(ServingRequest request, Pause pause, int index, ToolCall call, ToolResult result,
            Duration duration) {
        pause.put(index, result);
        request.emit(new GenerationEvent.ToolCallFinished(request.ownSegment(), call, result, duration));
    }

    private void resumeIfComplete(ServingRequest request, Pause pause) {
        if (!pause.complete()) {
            return;
        }
        long now = config.ticker().nanos();
        SegmentResult closed = request.segments.removeLast();
        request.segments.add(
                new SegmentResult(closed.text(), closed.calls(), pause.results(), closed.outputTokens()));
        // Only a chat format recognises calls, so there is one.
        int[] given = format.orElseThrow().encodeToolResults(pause.results());
        estimates.returned(request, now - request.stateSinceNanos(), given.length);
        observation.pauseEnded(request, true, now);
        request.pause = null;
        request.clock.resumed(now);
        request.turn = new Turn(format.map(f -> f.newDecoder(!request.tools().isEmpty())),
                request.sampling().stopStrings());
        request.addToolResults(given);
        estimates.resumed(request);
        if (request.knownTokens() >= request.contextLimit) {
            ends.finish(request, FinishReason.LENGTH);
        } else if (readers.keep(request)) {
            observation.look(request, now);
        } else {
            queues.move(request, RequestState.WAITING, now);
            config.scheduler().returned(request, now);
        }
    }
}
