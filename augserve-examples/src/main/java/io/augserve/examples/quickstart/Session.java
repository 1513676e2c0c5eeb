package io.augserve.examples.quickstart;

import io.augserve.AugServe;
import io.augserve.examples.BadInputException;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.SamplingOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;

/**
 * The prompts of one quick start, served.
 *
 * @param outcomes in the order of the prompts
 * @param elapsed from the first submission to the last end
 */
record Session(List<Outcome> outcomes, Duration elapsed) {
    /**
     * Serves prompts and waits for all of them.
     *
     * @throws BadInputException if the server refuses one
     */
    static Session run(AugServe server, List<String> prompts, int concurrency, SamplingOptions sampling, Board board) {
        long start = System.nanoTime();
        Semaphore inFlight = new Semaphore(concurrency);
        List<CompletableFuture<Outcome>> futures = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int number = i + 1;
            String prompt = prompts.get(i);
            inFlight.acquireUninterruptibly();
            Generation generation = submit(server, number,
                    GenerationRequest.chat(prompt).id("request-" + number).sampling(sampling).build());
            generation.events().subscribe(new BoardFeeder(board, number));
            futures.add(generation.result().toCompletableFuture().handle((result, failure) -> {
                inFlight.release();
                return outcome(number, prompt, result, failure);
            }));
        }
        List<Outcome> outcomes = futures.stream().map(CompletableFuture::join).toList();
        board.close();
        return new Session(outcomes, Duration.ofNanos(System.nanoTime() - start));
    }

    private static Generation submit(AugServe server, int number, GenerationRequest request) {
        try {
            return server.submit(request);
        } catch (RequestRejectedException e) {
            throw new BadInputException("prompt " + number + ": " + e.getMessage());
        }
    }

    private static Outcome outcome(int number, String prompt, GenerationResult result, Throwable failure) {
        if (failure instanceof GenerationFailedException failed) {
            return new Outcome(number, prompt, failed.partial(), String.valueOf(failed.getMessage()));
        }
        return new Outcome(number, prompt, result, "");
    }

    List<Outcome> failures() {
        return outcomes.stream().filter(outcome -> !outcome.problem().isEmpty()).toList();
    }

    int outputTokens() {
        return outcomes.stream().mapToInt(outcome -> outcome.result().usage().outputTokens()).sum();
    }

    double seconds() {
        return elapsed.toNanos() / 1e9;
    }

    /** Hands the events of one request to the board. */
    private record BoardFeeder(Board board, int number) implements Flow.Subscriber<GenerationEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(GenerationEvent event) {
            board.show(number, event);
        }

        @Override
        public void onError(Throwable failure) {
            board.failed(number);
        }

        @Override
        public void onComplete() {}
    }
}
