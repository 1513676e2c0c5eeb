package io.augserve.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.request.Timing;
import io.augserve.request.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a reader asks for and when, it gets that many of the events, in order, and the end when it has had them all. */
class ChatRelayProperties {
    @Property(tries = 300)
    void demandIsKept(@ForAll @Size(max = 30) List<@IntRange(min = 0, max = 3) Integer> pieces,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 5) Integer> demands) {
        ScriptedGeneration generation = new ScriptedGeneration(pieces);
        RunningChat chat = new RunningChat(generation, "scripted", Optional.empty());
        Reader reader = new Reader();
        ChatRelay relay = new ChatRelay(chat, reader);
        reader.onSubscribe(relay);
        chat.events().subscribe(relay);
        int total = (int) pieces.stream().filter(length -> length > 0).count() + 1;
        int asked = 0;
        for (int demand : demands) {
            relay.request(demand);
            asked += demand;
            assertThat(reader.events).hasSize(Math.min(asked, total));
            // What was asked of the generation: no more than the reader wants, but for pieces without text.
            assertThat(generation.delivered).isLessThanOrEqualTo(asked + pieces.size() - total + 1);
        }
        assertThat(reader.completed).isEqualTo(asked >= total);
        relay.request(Long.MAX_VALUE);
        assertThat(reader.completed).isTrue();
        assertThat(reader.events).hasSize(total).last().isInstanceOf(CompleteResponse.class);
        assertThat(reader.events.subList(0, total - 1)).map(event -> ((PartialResponse) event).text())
                .containsExactlyElementsOf(pieces.stream().filter(length -> length > 0).map("x"::repeat).toList());
    }

    private static final class Reader implements Flow.Subscriber<ChatModelStreamingEvent> {
        final List<ChatModelStreamingEvent> events = new ArrayList<>();
        boolean completed;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(ChatModelStreamingEvent event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            completed = true;
        }
    }

    /** Delivers on the thread that asks. */
    private static final class ScriptedGeneration implements Generation, Flow.Publisher<GenerationEvent> {
        private final List<GenerationEvent> events = new ArrayList<>();
        private int delivered;

        ScriptedGeneration(List<Integer> pieces) {
            pieces.forEach(length -> events.add(new GenerationEvent.TextPiece(0, "x".repeat(length), List.of())));
            Timing none = new Timing(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
            events.add(new GenerationEvent.Done(new GenerationResult("id", "x", FinishReason.STOP,
                    List.of(new SegmentResult("x", List.of(), List.of(), 1)), List.of(),
                    new Usage(1, 1, 0, 0, 0, 0, 0, 0), none)));
        }

        @Override
        public void subscribe(Flow.Subscriber<? super GenerationEvent> reader) {
            reader.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    assertThat(n).isEqualTo(1);
                    reader.onNext(events.get(delivered++));
                    if (delivered == events.size()) {
                        reader.onComplete();
                    }
                }

                @Override
                public void cancel() {}
            });
        }

        @Override
        public String id() {
            return "id";
        }

        @Override
        public Flow.Publisher<GenerationEvent> events() {
            return this;
        }

        @Override
        public CompletionStage<GenerationResult> result() {
            return new CompletableFuture<>();
        }

        @Override
        public void cancel() {}
    }
}
