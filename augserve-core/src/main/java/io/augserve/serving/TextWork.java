package io.augserve.serving;

import io.augserve.request.GenerationEvent;
import io.augserve.request.OutputToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decoding and publishing of sampled tokens on which nothing else depends: those that neither end a turn nor could complete a stop string. With an
 * executor that is done beside the next step: {@link #begin} hands over what was put off, {@link #settle} waits for it. In between nobody else may touch
 * these requests' turns, so the loop settles before it does anything for a request but planning it. Without an executor nothing is put off.
 *
 * <p>A decoder that fails does so on the executor; its request is {@linkplain #broken broken} from then on, and the loop fails it.
 *
 * <p>Confined to the loop's thread but for what it hands over.
 */
final class TextWork {
    private static final CompletableFuture<List<Failure>> NONE = CompletableFuture.completedFuture(List.of());

    private final Optional<Executor> executor;
    private List<Token> putOff = new ArrayList<>();
    private final Map<ServingRequest, RuntimeException> broken = new LinkedHashMap<>();
    private CompletableFuture<List<Failure>> running = NONE;

    private record Token(ServingRequest request, OutputToken output) {
        /** The stream has every token that the result has, even one at which the decoder fails. */
        void publish() {
            String text = "";
            try {
                text = request.turn.push(output.token());
            } finally {
                request.emit(new GenerationEvent.TextPiece(request.ownSegment(), text, List.of(output)));
            }
        }
    }

    private record Failure(ServingRequest request, RuntimeException cause) {}

    /** @param executor what is put off is done on it; empty: nothing is */
    TextWork(Optional<Executor> executor) {
        this.executor = executor;
    }

    /** A token in the middle of a request's turn. Without an executor, throws what the decoder throws. */
    void add(ServingRequest request, OutputToken output) {
        Token token = new Token(request, output);
        if (executor.isPresent()) {
            putOff.add(token);
        } else {
            token.publish();
        }
    }

    /** Hands over what was put off, if there is anything. */
    void begin() {
        if (!putOff.isEmpty()) {
            List<Token> tokens = putOff;
            putOff = new ArrayList<>(tokens.size());
            try {
                running = CompletableFuture.supplyAsync(() -> publish(tokens), executor.orElseThrow());
            } catch (RejectedExecutionException e) {
                running = CompletableFuture.completedFuture(publish(tokens));
            }
        }
    }

    /** Afterwards nothing is put off and nothing runs. */
    void settle() {
        CompletableFuture<List<Failure>> handedOver = running;
        running = NONE;
        handedOver.join().forEach(failure -> broken.putIfAbsent(failure.request(), failure.cause()));
        if (!putOff.isEmpty()) {
            publish(putOff).forEach(failure -> broken.putIfAbsent(failure.request(), failure.cause()));
            putOff.clear();
        }
    }

    /** What a request's decoder threw. */
    @Nullable
    RuntimeException broken(ServingRequest request) {
        return broken.get(request);
    }

    /** Does something for every request whose decoder has failed, once; returns how many there were. */
    int takeBroken(BiConsumer<ServingRequest, RuntimeException> action) {
        if (broken.isEmpty()) {
            return 0;
        }
        Map<ServingRequest, RuntimeException> all = new LinkedHashMap<>(broken);
        broken.clear();
        all.forEach(action);
        return all.size();
    }

    private static List<Failure> publish(List<Token> tokens) {
        List<Failure> failures = new ArrayList<>(0);
        for (Token token : tokens) {
            try {
                token.publish();
            } catch (RuntimeException e) {
                failures.add(new Failure(token.request(), e));
            }
        }
        return failures;
    }
}
