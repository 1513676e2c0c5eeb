package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Optional;

/** Seconds as options and files give them, and figures as reports show them. */
public final class Seconds {
    /** The shortest time span that can be asked for. */
    public static final double LEAST = 1e-6;
    /** The longest. */
    static final double MOST = 1e9;

    private Seconds() {}

    static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** In seconds. */
    public static double of(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** A number in four significant digits, without zeros that say nothing. */
    public static String brief(double value) {
        return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    /**
     * An option's seconds as a duration.
     *
     * @throws BadInputException if they are out of the range
     */
    public static Duration option(String name, double seconds, double least, double most) {
        if (!(seconds >= least && seconds <= most)) {
            throw new BadInputException(name + ": expected seconds from " + least + " to " + most + ", got " + seconds);
        }
        return duration(seconds);
    }

    /**
     * An objective as an option gives it.
     *
     * @throws BadInputException if it is no time span that can be asked for
     */
    public static Optional<Duration> objective(String name, Optional<Double> seconds) {
        return seconds.map(value -> option(name, value, LEAST, MOST));
    }
}
