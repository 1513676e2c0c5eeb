package io.augserve.serving;

import io.augserve.engine.EngineSpec;
import io.augserve.engine.Sample;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationEvent;
import io.augserve.request.OutputToken;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What a sampled token means for its request: more text, the end of a turn, a pause, or the end. */
final class SampledTokens {
    private final Set<Integer> endTokens;
    private final int vocabularySize;
    private final Admission door;
    private final SlowReaders readers;
    private final RequestEnds ends;
    private final ToolPauses pauses;
    private final Observation observation;
    private final TextWork text;

    SampledTokens(EngineSpec spec, Admission door, RequestEnds ends, ToolPauses pauses, SlowReaders readers,
            Observation observation, TextWork text) {
        this.door = door;
        this.readers = readers;
        this.endTokens = spec.endTokens();
        this.vocabularySize = spec.vocabularySize();
        this.ends = ends;
        this.pauses = pauses;
        this.observation = observation;
        this.text = text;
    }

    /** The slice of this request caught up with its known tokens. */
    void take(ServingRequest request, Sample sample, long now) {
        switch (sample) {
            case Sample.Fault fault -> ends.fail(request, fault.reason());
            case Sample.Token token when token.output().token() < 0
                    || token.output().token() >= vocabularySize ->
                ends.fail(request, "the engine sampled token " + token.output().token() + ": expected 0 to "
                        + (vocabularySize - 1));
            case Sample.Token token -> ends.guarded(request, () -> token(request, token.output(), now));
        }
    }

    private void token(ServingRequest request, OutputToken output, long now) {
        RuntimeException failure = text.broken(request);
        if (failure != null) {
            throw failure;
        }
        int token = output.token();
        request.tokens.addOutput(token);
        request.outputs.add(output);
        observation.sampled(request, now);
        request.clock.token(now);
        if (request.outputs.size() == 1) {
            door.started(request);
        }
        boolean stops = request.sampling().stopTokens().contains(token);
        boolean ends = endTokens.contains(token) && !request.sampling().ignoreEnd();
        if (stops || ends) {
            emit(request, output, () -> {
                String last = "";
                if (stops) {
                    request.turn.pushStop();
                } else {
                    last = request.turn.push(token);
                }
                return last + request.turn.finish();
            });
            turnEnded(request, stops, now);
        } else if (request.sampling().stopStrings().isEmpty() && !isFull(request)) {
            text.add(request, output);
            readers.look(request, now);
        } else {
            emit(request, output, () -> request.turn.push(token));
            if (request.turn.stopped()) {
                this.ends.finish(request, FinishReason.STOP);
            } else if (isFull(request)) {
                this.ends.finish(request, FinishReason.LENGTH);
            } else {
                readers.look(request, now);
            }
        }
    }

    private void turnEnded(ServingRequest request, boolean byStopToken, long now) {
        if (byStopToken || request.turn.stopped() || request.turn.calls().isEmpty()) {
            ends.finish(request, FinishReason.STOP);
        } else if (isFull(request)) {
            // Nothing could be made of the results any more.
            ends.finish(request, FinishReason.LENGTH);
        } else {
            pauses.pause(request, now);
        }
    }

    private static boolean isFull(ServingRequest request) {
        return request.outputTokens() >= request.sampling().maxTokens()
                || request.knownTokens() >= request.contextLimit;
    }

    /** The stream has every token that the result has, even one at which the decoder fails. */
    private static void emit(ServingRequest request, OutputToken output, Supplier<String> decoded) {
        String text = "";
        try {
            text = decoded.get();
        } finally {
            request.emit(new GenerationEvent.TextPiece(request.ownSegment(), text, List.of(output)));
        }
    }
}
