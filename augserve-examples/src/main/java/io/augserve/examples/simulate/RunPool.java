package io.augserve.examples.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does work on all cores; what it gives comes in the order in which it was asked for, whatever ends first. */
final class RunPool implements AutoCloseable {
    private final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().name("run-", 0).daemon().factory());

    /**
     * Does all tasks.
     *
     * @throws IllegalStateException if one fails; the others are given up
     */
    <T> List<T> all(List<Callable<T>> tasks) throws InterruptedException {
        List<Future<T>> futures = tasks.stream().map(threads::submit).toList();
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a simulation failed: " + e.getCause(), e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
