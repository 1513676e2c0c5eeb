package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.Engine;
import io.augserve.observe.ServerObserver;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.ServiceLevel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import io.augserve.tool.Tool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/** The production loop under a clock that a test turns, with every duty cycle called by hand and checked. */
class LoopHarness {
    long now;
    final Queue<Runnable> toolTasks = new ArrayDeque<>();
    boolean toolsRunAtOnce = true;
    boolean toolsAreRefused;
    final RecordingPredictor predictor = new RecordingPredictor();
    final LoopConfig config;
    final ServingLoop loop;
    final Admission admission;

    LoopHarness(Engine engine, Tool... tools) {
        this(engine, Scheduler.fcfs(), 16, 100, tools);
    }

    LoopHarness(Engine engine, Scheduler scheduler, int budget, int maxRequests, Tool... tools) {
        this(engine, scheduler, budget, maxRequests, LoopLimits.of(8, 2), tools);
    }

    LoopHarness(Engine engine, Scheduler scheduler, int budget, int maxRequests, LoopLimits limits, Tool... tools) {
        this(engine, scheduler, budget, maxRequests, limits, SessionRetention.OFF, ServerObserver.none(), tools);
    }

    LoopHarness(Engine engine, Scheduler scheduler, int budget, int maxRequests, LoopLimits limits,
            ServerObserver observer, Tool... tools) {
        this(engine, scheduler, budget, maxRequests, limits, SessionRetention.OFF, observer, tools);
    }

    /** For tests that put text off. */
    Optional<Executor> textExecutor() {
        return Optional.empty();
    }

    LoopHarness(Engine engine, Scheduler scheduler, int budget, int maxRequests, LoopLimits limits,
            SessionRetention sessions, Tool... tools) {
        this(engine, scheduler, budget, maxRequests, limits, sessions, ServerObserver.none(), tools);
    }

    LoopHarness(Engine engine, Scheduler scheduler, int budget, int maxRequests, LoopLimits limits,
            SessionRetention sessions, ServerObserver observer, Tool... tools) {
        config = new LoopConfig(engine, scheduler, BatchPolicy.fixed(budget), predictor, limits, sessions, () -> now,
                task -> {
                    if (toolsAreRefused) {
                        throw new RejectedExecutionException("full");
                    }
                    if (toolsRunAtOnce) {
                        task.run();
                    } else {
                        toolTasks.add(task);
                    }
                }, Runnable::run, textExecutor(), observer);
        admission = new Admission(
                new Admission.Config(maxRequests, Long.MAX_VALUE, false, 10_000, List.of(tools), ServiceLevel.DEFAULT,
                        new SplittableRandom(1)),
                config);
        loop = new ServingLoop(config, admission);
        admission.open(loop);
    }

    Generation submit(GenerationRequest request) {
        return admission.submit(request);
    }

    Generation submit(String question) {
        return submit(GenerationRequest.chat(question).build());
    }

    /** The text of a request that is served to its end, alone. */
    String answer(String question) {
        Generation generation = submit(question);
        drain();
        return result(generation).text();
    }

    /** One duty cycle of a millisecond. */
    int cycle() {
        int work = loop.doWork();
        now += 1_000_000;
        assertThat(loop.violations()).isEmpty();
        return work;
    }

    /** Duty cycles until nothing is left to do. */
    void drain() {
        until(() -> cycle() == 0);
    }

    void until(BooleanSupplier condition) {
        for (int i = 0; i < 100_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
        }
        throw new AssertionError("the loop does not come to rest: " + loop.stats());
    }

    void cyclesUntil(BooleanSupplier condition) {
        until(() -> condition.getAsBoolean() || cycle() < 0);
    }

    GenerationResult result(Generation generation) {
        return generation.result().toCompletableFuture().getNow(null);
    }

    /** Collects everything there is to see of a generation. */
    static final class Recorder implements Flow.Subscriber<GenerationEvent> {
        final List<GenerationEvent> events = new ArrayList<>();
        private final boolean reluctant;
        Flow.Subscription subscription;
        Throwable failure;
        boolean completed;

        Recorder() {
            this(false);
        }

        private Recorder(boolean reluctant) {
            this.reluctant = reluctant;
        }

        /** One that gets nothing but what a test requests. */
        static Recorder reluctant() {
            return new Recorder(true);
        }

        static Recorder of(Generation generation) {
            Recorder recorder = new Recorder();
            generation.events().subscribe(recorder);
            return recorder;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            if (!reluctant) {
                subscription.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onNext(GenerationEvent event) {
            assertThat(completed).isFalse();
            events.add(event);
        }

        @Override
        public void onError(Throwable cause) {
            failure = cause;
            completed = true;
        }

        @Override
        public void onComplete() {
            completed = true;
        }

        String text() {
            StringBuilder text = new StringBuilder();
            for (GenerationEvent event : events) {
                if (event instanceof GenerationEvent.TextPiece piece) {
                    text.append(piece.text());
                }
            }
            return text.toString();
        }

        List<String> kinds() {
            List<String> kinds = new ArrayList<>();
            for (GenerationEvent event : events) {
                String kind = event.getClass().getSimpleName();
                if (kinds.isEmpty() || !kinds.getLast().equals(kind)) {
                    kinds.add(kind);
                }
            }
            return kinds;
        }
    }
}
