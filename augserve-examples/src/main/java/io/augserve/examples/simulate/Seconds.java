package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import java.time.Duration;

/** Seconds as options and files give them. */
final class Seconds {
    /** The shortest time span that can be asked for. */
    static final double LEAST = 1e-6;

    private Seconds() {}

    static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    static double of(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /**
     * An option's seconds as a duration.
     *
     * @throws BadInputException if they are out of the range
     */
    static Duration option(String name, double seconds, double least, double most) {
        if (!(seconds >= least && seconds <= most)) {
            throw new BadInputException(name + ": expected seconds from " + least + " to " + most + ", got " + seconds);
        }
        return duration(seconds);
    }
}
