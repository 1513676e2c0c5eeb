package io.augserve.serving;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a serving loop its thread: works while there is work, sleeps until a message or a deadline otherwise. With a limit on the time of
 * a step, a second thread looks after the first one; if a step hangs, it takes the loop over, fails every request and goes on in its
 * place, so that whoever comes later is told.
 */
public final class LoopThread {
    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private final ServingLoop loop;
    private final Thread thread;
    private final Thread watchdog;
    private final Duration stepTimeout;
    private volatile boolean stopping;

    /**
     * Not running yet.
     *
     * @param stepTimeout zero for none
     */
    public LoopThread(ServingLoop loop, String name, Duration stepTimeout) {
        this.loop = loop;
        this.stepTimeout = stepTimeout;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
        this.watchdog = Thread.ofPlatform().name(name + "-watchdog").daemon(true).unstarted(this::watch);
    }

    /** Starts the loop. */
    public void start() {
        thread.start();
        if (!stepTimeout.isZero()) {
            watchdog.start();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                if (cycle() == 0 && !stopping) {
                    loop.inbox().await(loop.idleNanos());
                }
            }
            loop.end();
        } catch (LoopTakenException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /** The thread outlives a failure of the loop, so that every handle completes and later requests are told. */
    private int cycle() {
        try {
            return loop.doWork();
        } catch (LoopTakenException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            loop.crashed(e);
            return 1;
        }
    }

    private void watch() {
        long pause = Math.max(1_000_000, stepTimeout.toNanos() / 8);
        while (!stopping) {
            if (loop.takeOverIfHung()) {
                run();
                return;
            }
            LockSupport.parkNanos(this, pause);
        }
    }

    /** Ends every request that is still in the house. */
    public void cancelAll() {
        loop.cancelAll();
    }

    /**
     * Lets the loop end after its duty cycle. If a step does not end in this time, the loop is taken over from it; every handle is
     * completed either way.
     *
     * @return whether the engine is free to be closed
     */
    public boolean stop(Duration patience) throws InterruptedException {
        stopping = true;
        LockSupport.unpark(watchdog);
        // A message, not a mere wake-up: a loop that is about to sleep would miss that.
        loop.inbox().put(new Message.Wake());
        boolean ended = thread.join(patience);
        if (!ended && loop.takeOver(0, "the server was closed during a step")) {
            loop.end();
        } else if (watchdog.isAlive()) {
            watchdog.join(patience);
        }
        return ended && !loop.engineAbandoned();
    }
}
