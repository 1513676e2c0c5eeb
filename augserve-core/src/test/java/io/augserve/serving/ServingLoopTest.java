package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Sequence;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.SamplingOptions;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.LoopHarness.Recorder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One request from the door to its end. */
class ServingLoopTest {
    private final ToyEngine engine = EchoModel.engine();

    @Test
    void answersAndStreams() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("you said hello");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(recorder.text()).isEqualTo("you said hello");
        assertThat(recorder.kinds()).containsExactly("TextPiece", "SegmentFinished", "Done");
        assertThat(recorder.completed).isTrue();
        assertThat(result.usage().promptTokens()).isEqualTo("U:hello\nA:".length());
        assertThat(result.usage().outputTokens()).isEqualTo("you said hello".length() + 1);
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(harness.admission.inHouse()).isZero();
    }

    @Test
    void eventsCarryTheTokens() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hi");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        List<Integer> tokens = recorder.events.stream().filter(GenerationEvent.TextPiece.class::isInstance)
                .flatMap(event -> ((GenerationEvent.TextPiece) event).tokens().stream()).map(token -> token.token())
                .toList();
        assertThat(tokens).isEqualTo(harness.result(generation).tokens().stream().map(token -> token.token()).toList())
                .endsWith(ToyEngine.END);
    }

    @Test
    void timesAreThoseOfTheTicker() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> {
            harness.now += 10_000_000;
            return Optional.empty();
        });
        harness.now = 5_000_000;
        Generation generation = harness.submit("hi");
        harness.now += 3_000_000;
        harness.drain();
        var timing = harness.result(generation).timing();
        assertThat(timing.queue()).isEqualTo(Duration.ofMillis(3));
        // The prompt's 7 tokens fit one step of 10 ms.
        assertThat(timing.timeToFirstToken()).isEqualTo(Duration.ofMillis(13));
        // A step of 10 ms and the harness's cycle of 1 ms.
        assertThat(timing.meanInterToken()).isEqualTo(Duration.ofMillis(11));
        assertThat(timing.tools()).isZero();
        assertThat(timing.total()).isEqualTo(Duration.ofMillis(13 + 11 * "you said hi".length()));
    }

    @Test
    void anEngineThatCannotTakeNoticeOfARequestServesIt() {
        ToyEngine unwilling = new ToyEngine(64, 4, 200, EchoModel::turn) {
            @Override
            public void admitted(Sequence sequence) {
                super.admitted(sequence);
                throw new IllegalStateException("no room for another name");
            }
        };
        LoopHarness harness = new LoopHarness(unwilling);
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");
        assertThat(unwilling.known()).isZero();
    }

    @Test
    void stopStringsAndTokensEndTheText() {
        LoopHarness harness = new LoopHarness(engine);
        Generation byString = harness.submit(GenerationRequest.chat("hello world")
                .sampling(SamplingOptions.builder().stopStrings("wor", "zzz").build()).build());
        Generation byToken = harness.submit(GenerationRequest.chat("hello world")
                .sampling(SamplingOptions.builder().stopTokens((int) 'w').build()).build());
        Recorder recorder = Recorder.of(byString);
        harness.drain();
        assertThat(harness.result(byString).text()).isEqualTo("you said hello ");
        assertThat(recorder.text()).isEqualTo("you said hello ");
        assertThat(harness.result(byString).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(harness.result(byToken).text()).isEqualTo("you said hello ");
        assertThat(harness.result(byToken).finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void limitsEndWithLength() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        SamplingOptions five = SamplingOptions.builder().maxTokens(5).build();
        Generation short5 = harness.submit(GenerationRequest.chat("hello").sampling(five).build());
        // 200 tokens of context, 190 of them prompt.
        Generation full = harness.submit("x".repeat(185));
        // The call's markup is cut in two, so nothing is called.
        Generation cut = harness.submit(GenerationRequest.chat("call double:abc").sampling(five).build());
        harness.drain();
        assertThat(harness.result(short5).text()).isEqualTo("you s");
        assertThat(harness.result(short5).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(full).text()).isEqualTo("you said x");
        assertThat(harness.result(full).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(cut).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(cut).toolCalls()).isZero();
    }

    @Test
    void cancelWorksInEveryState() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation queued = harness.submit("never seen");
        queued.cancel();
        harness.drain();
        assertThat(harness.result(queued).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(harness.result(queued).usage().outputTokens()).isZero();

        Generation running = harness.submit("a longer answer");
        Recorder recorder = Recorder.of(running);
        harness.cyclesUntil(() -> recorder.text().equals("you"));
        running.cancel();
        running.cancel();
        harness.drain();
        assertThat(harness.result(running).text()).isEqualTo("you");
        assertThat(recorder.kinds()).endsWith("Done");

        Generation paused = harness.submit("tool a");
        harness.drain();
        recorder.subscription.cancel();
        paused.cancel();
        harness.drain();
        assertThat(harness.result(paused).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(harness.result(paused).segments()).hasSize(1);
        harness.toolTasks.forEach(Runnable::run);
        paused.cancel();
        harness.drain();
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(harness.loop.live()).isZero();
    }

    @Test
    void cancellingTheSubscriptionCancelsTheGeneration() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        Recorder recorder = Recorder.of(generation);
        harness.cyclesUntil(() -> recorder.text().length() >= 3);
        recorder.subscription.cancel();
        int seen = recorder.events.size();
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(recorder.events).hasSize(seen);
    }

    @Test
    void theDoorRefusesWhatCannotBeServed() {
        LoopHarness harness = new LoopHarness(engine, Scheduler.fcfs(), 16, 1);
        assertThatThrownBy(() -> harness.submit("x".repeat(200))).hasMessage(
                "the prompt has 205 tokens: expected at most 199 (limit 10000, context 200, KV cache 256)");
        assertThatThrownBy(() -> harness.submit(GenerationRequest.tokens(1, 256).build()))
                .hasMessage("prompt token 1: expected an id below 256, got 256");
        Generation only = harness.submit("a");
        assertThatThrownBy(() -> harness.submit("b")).hasMessage("the limit of 1 requests is reached")
                .extracting(e -> ((RequestRejectedException) e).retryAfter())
                .isEqualTo(Optional.of(Duration.ofSeconds(1)));
        harness.drain();
        assertThat(harness.result(only)).isNotNull();
        harness.admission.close();
        assertThatThrownBy(() -> harness.submit("c")).hasMessage("the server is closed");
    }
}
