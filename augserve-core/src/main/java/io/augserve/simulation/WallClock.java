package io.augserve.simulation;

import io.augserve.engine.Ticker;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Real time. It starts with {@link #start()} and can be stopped, so that what is told later does not count into a run that is over. What
 * shall happen runs on one thread of its own. Thread-safe.
 */
final class WallClock implements RunClock {
    private final Ticker ticker = Ticker.system();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().daemon().name("augserve-replay-timer").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    private volatile long origin = ticker.nanos();
    private volatile long stoppedAt = Long.MAX_VALUE;

    /** From now on time counts from 0. */
    void start() {
        origin = ticker.nanos();
    }

    /** Time stands still from now on, and nothing happens any more. */
    void stop() {
        stoppedAt = nanos();
        timer.shutdownNow();
    }

    @Override
    public long nanos() {
        return Math.min(stoppedAt, ticker.nanos() - origin);
    }

    @Override
    public void at(long nanos, Runnable action) {
        Future<?> unused = timer.schedule(action, nanos - nanos(), TimeUnit.NANOSECONDS);
    }
}
