package io.augserve.observe;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps an observer's failures from those that it watches; it stays in use, for the next event may do better. */
final class GuardedObserver implements ServerObserver {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedObserver.class);

    private final ServerObserver observer;
    private final AtomicBoolean told = new AtomicBoolean();

    GuardedObserver(ServerObserver observer) {
        this.observer = observer;
    }

    @Override
    public void observe(ServerEvent event) {
        try {
            observer.observe(event);
        } catch (Throwable e) {
            failed(e);
        }
    }

    @Override
    public boolean watchesTokens() {
        try {
            return observer.watchesTokens();
        } catch (Throwable e) {
            failed(e);
            return false;
        }
    }

    private void failed(Throwable e) {
        if (told.compareAndSet(false, true)) {
            LOG.warn("the observer {} failed; further failures of it are not logged", observer.getClass().getName(), e);
        }
    }
}
