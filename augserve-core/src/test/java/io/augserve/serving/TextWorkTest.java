package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import io.augserve.serving.LoopHarness.Recorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class TextWorkTest {
    /** What was handed over and not run yet; a step runs it in its middle. */
    private final Queue<Runnable> beside = new ArrayDeque<>();
    private final ToyEngine engine = new ToyEngine(64, 4, 200, question -> "hello");
    private final LoopHarness house = new LoopHarness(engine) {
        @Override
        Optional<Executor> textExecutor() {
            // The constructor of the harness asks before this test's own fields of the inner class are there.
            return Optional.of(task -> beside.add(task));
        }
    };

    private void runBeside() {
        while (!beside.isEmpty()) {
            beside.remove().run();
        }
    }

    @Test
    void aTokenIsPublishedWhileTheNextStepRuns() {
        Generation generation = house.submit("q");
        Recorder seen = Recorder.of(generation);
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        engine.intercept(batch -> {
            before.add(seen.text());
            runBeside();
            after.add(seen.text());
            return Optional.empty();
        });
        house.drain();
        // The prompt, then a step a token; the end token is not put off and takes what is before it along.
        assertThat(before).containsExactly("", "", "h", "he", "hel", "hell");
        assertThat(after).containsExactly("", "h", "he", "hel", "hell", "hello");
        assertThat(seen.completed).isTrue();
        assertThat(house.result(generation).text()).isEqualTo("hello");
    }

    @Test
    void aCancelledRequestHasThePublishedTextInItsResult() {
        engine.intercept(batch -> {
            runBeside();
            return Optional.empty();
        });
        Generation generation = house.submit("q");
        Recorder seen = Recorder.of(generation);
        house.cycle();
        house.cycle();
        house.cycle();
        generation.cancel();
        house.drain();
        assertThat(house.result(generation).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(seen.text()).isEqualTo("hel").isEqualTo(house.result(generation).text());
    }

    @Test
    void stopStringsAreSeenInTimeAndTheLastTokenOfALimitToo() {
        engine.intercept(batch -> {
            runBeside();
            return Optional.empty();
        });
        Generation stopped = house.submit(GenerationRequest.chat("q")
                .sampling(SamplingOptions.builder().stopStrings("ll").build()).build());
        Generation limited = house
                .submit(GenerationRequest.chat("r").sampling(SamplingOptions.builder().maxTokens(3).build()).build());
        house.drain();
        assertThat(house.result(stopped).text()).isEqualTo("he");
        assertThat(house.result(stopped).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(house.result(limited).text()).isEqualTo("hel");
        assertThat(house.result(limited).finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aStepThatHangsTakesNoTextAlong() {
        Generation generation = house.submit("q");
        Recorder seen = Recorder.of(generation);
        engine.intercept(batch -> {
            runBeside();
            return Optional.empty();
        });
        house.cycle();
        house.cycle();
        engine.intercept(batch -> {
            runBeside();
            assertThat(house.loop.takeOver(0, "test")).isTrue();
            return Optional.empty();
        });
        assertThatThrownBy(house.loop::doWork).isInstanceOf(LoopTakenException.class);
        assertThat(seen.text()).isEqualTo("he");
        assertThat(seen.failure).isNotNull();
        assertThat(seen.events).filteredOn(GenerationEvent.TextPiece.class::isInstance).hasSize(2);
    }

    @Test
    void anExecutorThatRefusesLosesNothing() {
        LoopHarness refused = new LoopHarness(new ToyEngine(64, 4, 200, question -> "hello")) {
            @Override
            Optional<Executor> textExecutor() {
                return Optional.of(task -> {
                    throw new RejectedExecutionException("closed");
                });
            }
        };
        Generation generation = refused.submit("q");
        refused.drain();
        assertThat(refused.result(generation).text()).isEqualTo("hello");
    }
}
