package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationResult;
import io.netty.channel.ChannelFuture;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers as they are made. Each answer is read a few events ahead of what the connection has taken: a client that reads slowly slows
 * its own generation and nothing else.
 */
final class StreamedAnswer {
    private static final int AHEAD = 32;

    private final Frame frame;
    private final Dialect dialect;
    private final Order order;
    private final EventStream stream;
    private final AtomicReferenceArray<@Nullable GenerationResult> results;
    private final AtomicInteger open;

    private StreamedAnswer(Frame frame, Dialect dialect, Order order, EventStream stream) {
        this.frame = frame;
        this.dialect = dialect;
        this.order = order;
        this.stream = stream;
        results = new AtomicReferenceArray<>(order.requests().size());
        open = new AtomicInteger(order.requests().size());
    }

    static void begin(Frame frame, Dialect dialect, Order order, List<Generation> generations, EventStream stream) {
        StreamedAnswer answer = new StreamedAnswer(frame, dialect, order, stream);
        for (int i = 0; i < generations.size(); i++) {
            generations.get(i).events().subscribe(answer.new Choice(i));
        }
    }

    private void ended(int index, GenerationResult result) {
        results.set(index, result);
        if (open.decrementAndGet() > 0) {
            return;
        }
        if (order.countsUsage()) {
            List<GenerationResult> all = IntStream.range(0, results.length()).mapToObj(results::get).toList();
            stream.send(frame.counts(dialect, all, order.choices()));
        }
        stream.done();
    }

    /** One answer of the stream. */
    private final class Choice implements Flow.Subscriber<GenerationEvent> {
        private final int index;
        private Flow.@Nullable Subscription subscription;
        private boolean opened;
        private int sent;

        Choice(int index) {
            this.index = index;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(AHEAD);
        }

        @Override
        public void onNext(GenerationEvent event) {
            try {
                Optional<ChannelFuture> written = switch (event) {
                    case GenerationEvent.TextPiece piece -> piece(piece);
                    case GenerationEvent.Done done -> {
                        send(dialect.ending(index, done.result()));
                        ended(index, done.result());
                        yield Optional.empty();
                    }
                    default -> Optional.empty();
                };
                // Fails only if the client has left, which cancels the generation.
                written.ifPresentOrElse(future -> future.addListener(taken -> more()), this::more);
            } catch (ApiException e) {
                onError(e);
            }
        }

        private Optional<ChannelFuture> piece(GenerationEvent.TextPiece piece) {
            List<JsonObject> chunks = dialect.piece(index, piece.text(), piece.tokens(), sent);
            sent += piece.text().length();
            return chunks.isEmpty() ? Optional.empty() : send(chunks);
        }

        private Optional<ChannelFuture> send(List<JsonObject> choices) {
            if (!opened) {
                opened = true;
                dialect.opening(index).forEach(this::send);
            }
            Optional<ChannelFuture> last = Optional.empty();
            for (JsonObject choice : choices) {
                last = send(choice);
            }
            return last;
        }

        private Optional<ChannelFuture> send(JsonObject choice) {
            return stream.send(frame.chunk(dialect, choice, order.countsUsage()));
        }

        private void more() {
            if (subscription != null) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable failure) {
            stream.fail(ApiException.of(failure));
        }

        @Override
        public void onComplete() {}
    }
}
