package io.augserve.examples.openai;

import io.augserve.AugServe;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.RequestRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Answers one kind of completions. A client that leaves, at whatever moment, cancels what is being made for it.
 */
final class Completions implements Handler {
    private static final String SESSION = "x-session-id";

    private final AugServe server;
    private final ModelCard model;
    private final Gate gate;
    private final OrderReader reader;
    private final Function<Optional<LogProbs>, Dialect> dialect;

    Completions(AugServe server, ModelCard model, Gate gate, OrderReader reader,
            Function<Optional<LogProbs>, Dialect> dialect) {
        this.server = server;
        this.model = model;
        this.gate = gate;
        this.reader = reader;
        this.dialect = dialect;
    }

    @Override
    public void handle(Exchange exchange) {
        requireJson(exchange);
        Gate.Pass pass = gate.enter();
        boolean begun = false;
        try {
            Order order = reader.read(Fields.parse(exchange.body()), exchange.header(SESSION));
            begin(exchange, pass, order, submit(order));
            begun = true;
        } finally {
            if (!begun) {
                pass.leave();
            }
        }
    }

    /** Browsers send other types to anybody's server without asking it first. */
    private static void requireJson(Exchange exchange) {
        String type = exchange.header("content-type").orElse("");
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw ApiException.wrongContentType(type);
        }
        String encoding = exchange.header("content-encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw ApiException.wrongContentType("content-encoding: " + encoding);
        }
    }

    private List<Generation> submit(Order order) {
        List<Generation> generations = new ArrayList<>();
        boolean complete = false;
        try {
            for (GenerationRequest request : order.requests()) {
                generations.add(server.submit(request));
            }
            complete = true;
            return generations;
        } catch (RequestRejectedException e) {
            throw ApiException.of(e, order.promptParam());
        } finally {
            if (!complete) {
                generations.forEach(Generation::cancel);
            }
        }
    }

    private void begin(Exchange exchange, Gate.Pass pass, Order order, List<Generation> generations) {
        Runnable cancel = () -> generations.forEach(Generation::cancel);
        exchange.onGone(cancel);
        pass.onCancel(cancel);
        List<CompletableFuture<GenerationResult>> results = generations.stream()
                .map(generation -> generation.result().toCompletableFuture()).toList();
        CompletableFuture<Void> made = CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new));
        CompletableFuture<Void> _ = made.handle((nothing, failure) -> failure)
                .thenCombine(exchange.ended(), (failure, nothing) -> failure)
                .thenAccept(failure -> pass.leave());
        Frame frame = new Frame(order.requests().getFirst().id().orElseThrow(), System.currentTimeMillis() / 1000,
                model.id());
        Dialect told = dialect.apply(order.logProbs() ? Optional.of(new LogProbs(model)) : Optional.empty());
        if (order.stream()) {
            StreamedAnswer.begin(frame, told, order, generations, new EventStream(exchange));
            // One answer that fails ends the stream, and with it the reason to make the others.
            CompletableFuture<Void> _ = exchange.ended().thenRun(cancel);
            return;
        }
        results.forEach(result -> {
            CompletableFuture<GenerationResult> _ = result.exceptionally(failure -> {
                cancel.run();
                throw new CompletionException(failure);
            });
        });
        CompletableFuture<Void> _ = made.handle((nothing, failure) -> {
            answer(exchange, frame, told, order, results);
            return null;
        });
    }

    private static void answer(Exchange exchange, Frame frame, Dialect dialect, Order order,
            List<CompletableFuture<GenerationResult>> results) {
        try {
            exchange.answer(200, frame.whole(dialect, results.stream().map(CompletableFuture::join).toList(),
                    order.choices()));
        } catch (CompletionException e) {
            exchange.fail(ApiException.of(e.getCause() == null ? e : e.getCause()));
        } catch (RuntimeException e) {
            exchange.fail(ApiException.of(e));
        }
    }
}
