package io.augserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Ticker;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.RequestRejectedException;
import io.augserve.serving.ToyEngine;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real threads: loop, virtual threads for tools, callers. */
@Timeout(60)
class AugServeTest {
    private static String brain(String conversation) {
        return conversation.contains("\nR:")
                ? "done " + conversation.substring(conversation.indexOf("\nR:") + 3, conversation.lastIndexOf('\n'))
                : "[tool:" + conversation.substring(2, conversation.indexOf('\n')) + "]";
    }

    @Test
    void twoHundredRequestsWithCancelsAndFailingTools() throws Exception {
        ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain);
        Random random = new Random(7);
        Tool tool = Tool.of("tool", "", "{}", args -> {
            if (Integer.parseInt(args) % 10 == 0) {
                throw new IllegalStateException("fails on purpose");
            }
            return "r" + args;
        });
        try (AugServe server = AugServe.builder(engine).tools(tool).build()) {
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                generations.add(server.submit(GenerationRequest.chat("" + i).build()));
                if (i % 5 == 0) {
                    generations.get(random.nextInt(generations.size())).cancel();
                }
            }
            for (int i = 0; i < 200; i++) {
                GenerationResult result = generations.get(i).result().toCompletableFuture().get(30, TimeUnit.SECONDS);
                if (result.finishReason() == FinishReason.STOP) {
                    assertThat(result.text()).isEqualTo(i % 10 == 0 ? "done error: fails on purpose" : "done r" + i);
                }
            }
            assertThat(server.submit(GenerationRequest.chat("1000001").build()).join().text())
                    .isEqualTo("done r1000001");
        }
        assertThat(engine.kvCache().free()).isEqualTo(100);
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void closeCancelsWhatOutlivesTheGrace() {
        ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain);
        List<Boolean> told = new ArrayList<>();
        Tool never = Tool.of(new ToolSpec("tool", "", "{}"), (call, context) -> {
            context.onCancel(() -> told.add(true));
            return new CompletableFuture<>();
        });
        AugServe server = AugServe.builder(engine).tools(never)
                .limits(Limits.DEFAULT.withCloseGrace(Duration.ofMillis(50))).build();
        Generation generation = server.submit(GenerationRequest.chat("1").build());
        server.close();
        server.close();
        assertThat(generation.join().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThatThrownBy(() -> server.submit(GenerationRequest.chat("1").build()))
                .isInstanceOf(RequestRejectedException.class).hasMessage("the server is closed");
        assertThat(engine.isClosed()).isTrue();
        assertThat(server.stats().paused()).isZero();
    }

    @Test
    void anEngineThatFailsToCleanUpKeepsNobodyWaiting() {
        ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain) {
            @Override
            public void ended(long sequence) {
                throw new IllegalStateException("defect of the engine");
            }
        };
        try (AugServe server = AugServe.builder(engine).tools(Tool.of("tool", "", "{}", args -> args)).build()) {
            assertThat(server.submit(GenerationRequest.chat("1").build()).join().text()).isEqualTo("done 1");
        }
    }

    @Test
    void aCrashOfTheLoopCompletesEveryHandle() {
        AtomicBoolean broken = new AtomicBoolean();
        Ticker ticker = () -> {
            if (Thread.currentThread().getName().equals("augserve-loop") && broken.compareAndSet(true, false)) {
                throw new IllegalStateException("defect of the clock");
            }
            return System.nanoTime();
        };
        Tool never = Tool.of(new ToolSpec("tool", "", "{}"), (call, context) -> new CompletableFuture<>());
        try (AugServe server = AugServe.builder(new ToyEngine(100, 4, 100, AugServeTest::brain)).tools(never)
                .ticker(ticker).build()) {
            List<Generation> generations = List.of(server.submit(GenerationRequest.chat("1").build()),
                    server.submit(GenerationRequest.chat("2").build()));
            broken.set(true);
            generations.getFirst().cancel();
            assertThat(generations.getLast().result().toCompletableFuture()).failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat().withStackTraceContaining("defect of the clock");
            assertThatThrownBy(() -> server.submit(GenerationRequest.chat("3").build()))
                    .hasMessage("the server has failed: defect of the clock");
        }
    }

    @Test
    void closingAnIdleServerNeverMissesItsLoop() {
        // A stop that only woke the loop was lost when the loop was about to sleep.
        for (int i = 0; i < 300; i++) {
            ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain);
            AugServe server = AugServe.builder(engine).build();
            server.submit(GenerationRequest.chat("1").tools().build()).join();
            server.close();
            assertThat(engine.isClosed()).isTrue();
        }
    }

    @Test
    void aStepThatHangsIsNoticedAndTheServerCanStillBeClosed() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain);
        engine.intercept(batch -> {
            await(never);
            return Optional.empty();
        });
        AugServe server = AugServe.builder(engine)
                .limits(Limits.DEFAULT.withStepTimeout(Duration.ofMillis(50)).withCloseGrace(Duration.ZERO)).build();
        List<Generation> generations = List.of(server.submit(GenerationRequest.chat("1").build()),
                server.submit(GenerationRequest.chat("2").build()));
        for (Generation generation : generations) {
            assertThat(generation.result().toCompletableFuture()).failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat().withMessageContaining("a step took longer than 50 ms");
        }
        assertThatThrownBy(() -> server.submit(GenerationRequest.chat("3").build()))
                .isInstanceOf(RequestRejectedException.class);
        never.countDown();
        server.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void submittersCancellersReadersAndACloseLeaveNobodyWithoutAnAnswer() throws Exception {
        for (int round = 0; round < 50; round++) {
            ToyEngine engine = new ToyEngine(100, 4, 100, AugServeTest::brain);
            AugServe server = AugServe.builder(engine).tools(Tool.of("tool", "", "{}", args -> args))
                    .limits(Limits.DEFAULT.withMaxRequests(20).withMaxBufferedEvents(2)).build();
            Queue<Generation> accepted = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int number = t;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 30; i++) {
                        try {
                            Generation generation = server.submit(GenerationRequest.chat("" + i).build());
                            accepted.add(generation);
                            if (i % 3 == number % 3) {
                                generation.cancel();
                            }
                        } catch (RequestRejectedException e) {
                            assertThat(e.reason()).isIn(RequestRejectedException.Reason.QUEUE_FULL,
                                    RequestRejectedException.Reason.CLOSED);
                        }
                    }
                }));
            }
            Duration grace = round % 2 == 0 ? Duration.ZERO : Duration.ofMillis(5);
            threads.add(Thread.ofPlatform().start(() -> server.close(grace)));
            threads.add(Thread.ofPlatform().start(() -> server.close(grace)));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(accepted).allSatisfy(generation -> assertThat(generation.result().toCompletableFuture())
                    .isCompleted());
            assertThat(engine.kvCache().free()).isEqualTo(100);
            assertThat(engine.isClosed()).isTrue();
        }
    }

    @Test
    void twoToolsOfOneNameAreRefused() {
        Tool tool = Tool.of("same", "", "{}", args -> args);
        assertThatThrownBy(() -> AugServe.builder(new ToyEngine(1, 1, 1, text -> "")).tools(tool, tool).build())
                .hasMessage("two tools are named 'same'");
    }
}
