package io.augserve.serving;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SegmentResult;
import io.augserve.request.Usage;
import io.augserve.schedule.RequestState;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to one request: a sampled token, the end of a turn, calls out and back, the end. Whatever goes wrong while one
 * request is handled fails that request alone.
 */
final class RequestLife {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLife.class);

    private final LoopConfig config;
    private final RequestQueues queues;
    private final KvCache kv;
    private final ToolDispatcher tools;
    private final Optional<ChatFormat> format;
    private final Set<Integer> endTokens;
    private final Runnable onFinished;
    private long finished;

    RequestLife(LoopConfig config, RequestQueues queues, KvCache kv, ToolDispatcher tools,
            Optional<ChatFormat> format, Runnable onFinished) {
        this.config = config;
        this.queues = queues;
        this.kv = kv;
        this.tools = tools;
        this.format = format;
        this.endTokens = config.engine().spec().endTokens();
        this.onFinished = onFinished;
    }

    /** Its slice caught up with its known tokens. */
    void sampled(ServingRequest request, Sample sample, long now) {
        switch (sample) {
            case Sample.Fault fault -> fail(request, fault.reason());
            case Sample.Token token -> guarded(request, () -> token(request, token.output(), now));
        }
    }

    private void token(ServingRequest request, OutputToken output, long now) {
        int token = output.token();
        request.tokens.addOutput(token);
        request.outputs.add(output);
        request.clock.token(now);
        boolean ends = endTokens.contains(token) && !request.sampling().ignoreEnd();
        boolean stops = request.sampling().stopTokens().contains(token);
        if (ends || stops) {
            request.turn.pushEnd();
            emitText(request, request.turn.finish(), output);
            if (ends && !stops && !request.turn.stopped() && !request.turn.calls().isEmpty()) {
                pause(request, now);
            } else {
                finish(request, FinishReason.STOP);
            }
            return;
        }
        emitText(request, request.turn.push(token), output);
        if (request.turn.stopped()) {
            finish(request, FinishReason.STOP);
        } else if (request.outputTokens() >= request.sampling().maxTokens()
                || request.knownTokens() >= request.contextLimit) {
            finish(request, FinishReason.LENGTH);
        }
    }

    private static void emitText(ServingRequest request, String text, OutputToken output) {
        request.emit(new GenerationEvent.TextPiece(request.segment(), text, List.of(output)));
    }

    private void pause(ServingRequest request, long now) {
        if (request.outputTokens() >= request.sampling().maxTokens()) {
            finish(request, FinishReason.LENGTH);
            return;
        }
        int segment = request.segment();
        TurnEnd end = TurnEnd.of(request, segment);
        SegmentResult closed = new SegmentResult(request.turn.text(), end.calls(), List.of(),
                request.turn.outputTokens());
        request.segments.add(closed);
        queues.move(request, RequestState.PAUSED, now);
        request.clock.paused(now);
        Pause pause = new Pause(end.calls().size());
        request.pause = pause;
        request.emit(new GenerationEvent.SegmentFinished(segment, closed));
        for (int i = 0; i < end.calls().size(); i++) {
            ToolCall call = end.calls().get(i);
            request.emit(new GenerationEvent.ToolCallStarted(segment, call));
            Optional<ToolResult> ready = end.ready().get(i);
            if (ready.isPresent()) {
                take(request, pause, i, call, ready.get(), Duration.ZERO);
            } else {
                Tool tool = requireNonNull(request.tools.get(call.name()));
                ToolInvocation invocation = new ToolInvocation(request, i, call, tool, config.ticker(),
                        config.toolExecutor());
                pause.invocations.add(invocation);
                tools.start(invocation);
            }
        }
        resumeIfComplete(request, pause);
    }

    /** A tool answered; an answer that nobody waits for any more is dropped. */
    void toolReturned(ToolInvocation invocation, ToolResult result) {
        if (invocation.answered) {
            LOG.debug("late answer to {} dropped", invocation.idempotencyKey());
            return;
        }
        tools.settle(invocation);
        ServingRequest request = invocation.request;
        Pause pause = requireNonNull(request.pause);
        long elapsed = config.ticker().nanos() - invocation.startNanos;
        guarded(request, () -> {
            take(request, pause, invocation.index, invocation.call, result, Duration.ofNanos(elapsed));
            resumeIfComplete(request, pause);
        });
    }

    /** A call outlived its deadline. */
    void timedOut(ToolInvocation invocation) {
        toolReturned(invocation, ToolResult.failure("the tool '" + invocation.call.name() + "' timed out after "
                + invocation.tool.timeout().toMillis() + " ms"));
        invocation.cancel();
    }

    private void take(ServingRequest request, Pause pause, int index, ToolCall call, ToolResult result,
            Duration duration) {
        pause.put(index, result);
        request.emit(new GenerationEvent.ToolCallFinished(request.segment(), call, result, duration));
    }

    private void resumeIfComplete(ServingRequest request, Pause pause) {
        if (!pause.complete()) {
            return;
        }
        long now = config.ticker().nanos();
        SegmentResult closed = request.segments.getLast();
        request.segments.set(request.segments.size() - 1,
                new SegmentResult(closed.text(), closed.calls(), pause.results(), closed.outputTokens()));
        // Only a chat format recognises calls, so there is one.
        int[] given = format.orElseThrow().encodeToolResults(pause.results());
        request.pause = null;
        request.clock.resumed(now);
        queues.move(request, RequestState.WAITING, now);
        request.turn = newTurn(request);
        request.addToolResults(given);
        if (request.knownTokens() >= request.contextLimit) {
            finish(request, FinishReason.LENGTH);
        }
    }

    private Turn newTurn(ServingRequest request) {
        return new Turn(format.map(f -> f.newDecoder(!request.tools.isEmpty())), request.sampling().stopStrings());
    }

    /** Ends a request that did not fail. */
    void finish(ServingRequest request, FinishReason reason) {
        boolean inTurn = request.pause == null;
        String held = reason == FinishReason.STOP ? "" : request.turn.finish();
        if (inTurn && !held.isEmpty()) {
            request.emit(new GenerationEvent.TextPiece(request.segment(), held, List.of()));
        }
        GenerationResult result = leave(request, reason);
        if (inTurn) {
            request.emit(new GenerationEvent.SegmentFinished(result.segments().size() - 1,
                    result.segments().getLast()));
        }
        request.handle.complete(result);
    }

    /** Ends a request that failed. */
    void fail(ServingRequest request, String message) {
        request.handle.fail(new GenerationFailedException(leave(request, FinishReason.FAILED),
                "request '" + request.name() + "': " + message));
    }

    /** Ends a request that failed. */
    void fail(ServingRequest request, String message, Throwable cause) {
        request.handle.fail(new GenerationFailedException(leave(request, FinishReason.FAILED),
                "request '" + request.name() + "': " + message + ": " + cause.getMessage(), cause));
    }

    private GenerationResult leave(ServingRequest request, FinishReason reason) {
        long now = config.ticker().nanos();
        List<SegmentResult> segments = new ArrayList<>(request.segments);
        if (request.pause == null) {
            segments.add(new SegmentResult(request.turn.text(), List.of(), List.of(), request.turn.outputTokens()));
        } else {
            tools.abandon(request.pause);
        }
        GenerationResult result = new GenerationResult(request.name(), segments.getLast().text(), reason, segments,
                request.outputs,
                new Usage(request.promptTokens, request.outputs.size(), request.toolResultTokens(),
                        request.recomputedTokens(), request.preemptions()),
                request.clock.timing(now));
        kv.release(request.id());
        config.engine().ended(request.id());
        queues.move(request, RequestState.FINISHED, now);
        request.pause = null;
        finished++;
        onFinished.run();
        return result;
    }

    long finished() {
        return finished;
    }

    /** Runs what handles one request; a failure of it is that request's. */
    private void guarded(ServingRequest request, Runnable handling) {
        try {
            handling.run();
        } catch (RuntimeException e) {
            LOG.warn("{} failed", request, e);
            if (request.state() != RequestState.FINISHED) {
                fail(request, "could not be continued", e);
            }
        }
    }
}
