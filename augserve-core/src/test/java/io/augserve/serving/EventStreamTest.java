package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.GenerationEvent;
import io.augserve.serving.LoopHarness.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private final List<String> cancelled = new ArrayList<>();
    private final EventStream stream = new EventStream(Runnable::run, 100, () -> cancelled.add("cancelled"),
            () -> {});

    private static GenerationEvent piece(String text) {
        return new GenerationEvent.TextPiece(0, text, List.of());
    }

    @Test
    void aLateSubscriberGetsEverything() {
        stream.offer(piece("a"));
        stream.offer(piece("b"));
        stream.complete();
        Recorder recorder = new Recorder();
        stream.subscribe(recorder);
        assertThat(recorder.text()).isEqualTo("ab");
        assertThat(recorder.completed).isTrue();
    }

    @Test
    void demandIsHeeded() {
        Recorder recorder = Recorder.reluctant();
        stream.subscribe(recorder);
        stream.offer(piece("a"));
        stream.offer(piece("b"));
        assertThat(recorder.events).isEmpty();
        recorder.subscription.request(1);
        assertThat(recorder.events).hasSize(1);
        stream.complete();
        assertThat(recorder.events).hasSize(1);
        assertThat(recorder.completed).isFalse();
        recorder.subscription.request(5);
        assertThat(recorder.events).hasSize(2);
        assertThat(recorder.completed).isTrue();
        assertThat(recorder.failure).isNull();
    }

    @Test
    void aSecondSubscriberIsTurnedAway() {
        stream.subscribe(new Recorder());
        Recorder second = new Recorder();
        stream.subscribe(second);
        assertThat(second.failure).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSubscriberThatThrowsEndsItsGeneration() {
        stream.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription s) {
                s.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(GenerationEvent event) {
                throw new IllegalStateException("defect of the subscriber");
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onComplete() {}
        });
        stream.offer(piece("a"));
        stream.offer(piece("b"));
        assertThat(cancelled).containsExactly("cancelled");
    }

    @Test
    void aWrongDemandIsAnError() {
        Recorder recorder = new Recorder();
        stream.subscribe(recorder);
        recorder.subscription.request(0);
        assertThat(recorder.failure).hasMessage("request(n): expected n > 0, got 0");
        assertThat(cancelled).containsExactly("cancelled");
    }

    @Test
    void aFailureComesAfterWhatWasOffered() {
        stream.offer(piece("a"));
        stream.fail(new IllegalStateException("lost"));
        Recorder recorder = new Recorder();
        stream.subscribe(recorder);
        assertThat(recorder.text()).isEqualTo("a");
        assertThat(recorder.failure).hasMessage("lost");
    }
}
