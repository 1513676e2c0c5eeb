package io.augserve.examples.bench;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * Requests of a case, served by a server of their own with everything that a host would have: scheduler, streamed events, results.
 *
 * @param nanos from the first step's permission to begin to the last result
 * @param steps all of them
 */
record ServedRound(long nanos, List<StepLog.Entry> steps) {
    /**
     * Serves the requests of a case.
     *
     * @param round another one for other prompts
     * @param maxTokens that each samples, whatever the model says
     * @throws java.util.concurrent.CompletionException if one fails
     */
    static ServedRound run(OnnxEngine engine, BenchCase given, int round, int maxTokens) {
        StepLog log = new StepLog(engine);
        Limits limits = Limits.DEFAULT.withMaxRunning(given.batch())
                .withMaxRequests(Math.max(given.batch(), Limits.DEFAULT.maxRequests()));
        SamplingOptions sampling = SamplingOptions.builder().maxTokens(maxTokens).ignoreEnd(true).build();
        List<Generation> generations = new ArrayList<>();
        long begin;
        long end;
        try (AugServe server = AugServe.builder(log).limits(limits).build()) {
            try {
                for (int i = 0; i < given.batch(); i++) {
                    int[] prompt = given.promptOf(i, round, engine.spec().vocabularySize());
                    Generation generation = server
                            .submit(GenerationRequest.tokens(prompt).sampling(sampling).build());
                    generation.events().subscribe(new Reader());
                    generations.add(generation);
                }
            } finally {
                begin = System.nanoTime();
                log.open();
            }
            generations.forEach(Generation::join);
            end = System.nanoTime();
        }
        return new ServedRound(end - begin, log.entries());
    }

    /** Takes every event and does nothing with it. */
    private static final class Reader implements Flow.Subscriber<GenerationEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(GenerationEvent event) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
