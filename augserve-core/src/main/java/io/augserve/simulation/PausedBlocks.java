package io.augserve.simulation;

import io.augserve.engine.Ticker;
import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent.OccupancyChanged;
import io.augserve.observe.ServerEvent.StepEnded;
import io.augserve.observe.ServerObserver;

/** Integrates over time the blocks that paused requests hold, as a server tells of them. Thread-safe. */
final class PausedBlocks implements ServerObserver {
    private final Ticker clock;
    private long since;
    private int blocks;
    private double blockSeconds;

    PausedBlocks(Ticker clock) {
        this.clock = clock;
    }

    @Override
    public void stepEnded(StepEnded event) {
        now(event.occupancy());
    }

    @Override
    public void occupancyChanged(OccupancyChanged event) {
        now(event.occupancy());
    }

    @Override
    public boolean watchesTokens() {
        return false;
    }

    private synchronized void now(Occupancy occupancy) {
        pass();
        blocks = occupancy.retainedBlocks();
    }

    private void pass() {
        long now = clock.nanos();
        blockSeconds += blocks * ((now - since) / 1e9);
        since = now;
    }

    /** Until now. */
    synchronized double blockSeconds() {
        pass();
        return blockSeconds;
    }
}
