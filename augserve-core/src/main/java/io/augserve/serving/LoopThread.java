package io.augserve.serving;

import java.time.Duration;

/** Gives a serving loop its thread: works while there is work, sleeps until a message or a deadline otherwise. */
public final class LoopThread {
    private final ServingLoop loop;
    private final Thread thread;
    private volatile boolean stopping;

    /** Not running yet. */
    public LoopThread(ServingLoop loop, String name) {
        this.loop = loop;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    /** Starts the loop. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopping) {
            if (cycle() == 0 && !stopping) {
                loop.inbox().await(loop.idleNanos());
            }
        }
    }

    /** The thread outlives a failure of the loop, so that every handle completes and later requests are told. */
    private int cycle() {
        try {
            return loop.doWork();
        } catch (RuntimeException | Error e) {
            loop.crashed(e);
            return 1;
        }
    }

    /** Ends every request that is still in the house. */
    public void cancelAll() {
        loop.inbox().put(new Message.CancelAll());
    }

    /** Lets the loop end after its duty cycle; false if it has not by then. */
    public boolean stop(Duration patience) throws InterruptedException {
        stopping = true;
        // A message, not a mere wake-up: a loop that is about to sleep would miss that.
        loop.inbox().put(new Message.Wake());
        return thread.join(patience);
    }
}
