package io.augserve.engine;

/** A monotonic clock in nanoseconds; only differences mean anything. Replaced by a virtual one in tests and simulation. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since an arbitrary, fixed origin; never decreases. */
    long nanos();

    /** The JVM's own {@link System#nanoTime()}. */
    static Ticker system() {
        return System::nanoTime;
    }
}
