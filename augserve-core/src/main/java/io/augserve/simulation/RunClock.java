package io.augserve.simulation;

import io.augserve.engine.Ticker;

/** The time of a run, from 0 at its beginning, and what shall happen at which time. */
interface RunClock extends Ticker {
    /** Lets something happen at a time; soon, if the time has passed. */
    void at(long nanos, Runnable action);
}
