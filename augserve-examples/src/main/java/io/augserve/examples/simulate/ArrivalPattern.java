package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.simulation.Arrivals;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * How requests arrive, as {@code --arrivals} says.
 *
 * @param name as it was given, a file without its folder
 * @param atRate arrivals with a mean rate; empty for a replay, where the trace's own times count
 */
record ArrivalPattern(String name, Optional<DoubleFunction<Arrivals>> atRate) {
    private static final String GAMMA = "gamma:";
    private static final String FILE = "trace:";
    private static final double MAX_CV = 100;

    /**
     * Reads {@code poisson}, {@code gamma:CV}, {@code trace} or {@code trace:FILE}.
     *
     * @throws BadInputException if it is none of them, or the file cannot be used
     */
    static ArrivalPattern of(String spec) {
        if (spec.equals("poisson")) {
            return new ArrivalPattern(spec, Optional.of(Arrivals::poisson));
        }
        if (spec.equals("trace")) {
            return new ArrivalPattern(spec, Optional.empty());
        }
        if (spec.startsWith(GAMMA)) {
            double cv = variation(spec);
            return new ArrivalPattern(spec, Optional.of(rate -> Arrivals.gamma(rate, cv)));
        }
        if (spec.startsWith(FILE)) {
            String file = spec.substring(FILE.length());
            double[] gaps = ArrivalsReader.gaps(file);
            return new ArrivalPattern(FILE + Path.of(file).getFileName(),
                    Optional.of(rate -> Arrivals.fromGaps(gaps, rate)));
        }
        throw new BadInputException(
                "--arrivals " + spec + ": expected poisson, gamma:CV, trace or trace:FILE");
    }

    private static double variation(String spec) {
        try {
            double cv = Double.parseDouble(spec.substring(GAMMA.length()));
            if (cv > 0 && cv <= MAX_CV) {
                return cv;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BadInputException(
                "--arrivals " + spec + ": expected gamma:CV with a coefficient of variation above 0 "
                        + "and up to 100");
    }
}
