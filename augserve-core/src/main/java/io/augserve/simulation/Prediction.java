package io.augserve.simulation;

import io.augserve.predict.Predictor;
import java.util.Locale;

/**
 * Where a run's estimates come from, under the name by which command line and reports call it:
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code online}</td><td>learned while serving, {@link Predictor#online()}</td></tr>
 * <tr><td>{@code oracle}</td><td>what will happen, {@link OraclePredictor}</td></tr>
 * <tr><td>{@code oracle+noise(p)}</td><td>that with an error of p times the value, such as {@code oracle+noise(0.5)}</td></tr>
 * </table>
 *
 * The error of a segment depends on the run's seed, the request and the segment alone, so every policy sees the same errors.
 */
public sealed interface Prediction {
    /** Learns while serving. */
    record Online() implements Prediction {
        @Override
        public String name() {
            return "online";
        }

        @Override
        public Predictor predictor(Workload workload, long seed) {
            return Predictor.online();
        }
    }

    /**
     * Knows the script.
     *
     * @param noise standard deviation of the error as a share of the value, in [0, 100]
     */
    record Oracle(double noise) implements Prediction {
        private static final double MAX_NOISE = 100;
        private static final String EXACT = "oracle";
        /** The noise and a closing bracket follow. */
        private static final String NOISY = "oracle+noise(";
        /** Seeds that follow each other must not give streams that do. */
        private static final long SPREAD = 0x9E3779B97F4A7C15L;

        /**
         * @throws IllegalArgumentException if the noise is out of its range
         */
        public Oracle {
            if (!(noise >= 0 && noise <= MAX_NOISE)) {
                throw new IllegalArgumentException("noise: expected in [0, " + MAX_NOISE + "], got " + noise);
            }
        }

        @Override
        public String name() {
            return noise == 0 ? EXACT : NOISY + brief(noise) + ")";
        }

        @Override
        public Predictor predictor(Workload workload, long seed) {
            return noise == 0
                    ? OraclePredictor.exact(workload)
                    : OraclePredictor.noisy(workload, noise, SPREAD * (seed + 1));
        }

        private static String brief(double value) {
            return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
        }
    }

    /** The default. */
    Prediction ONLINE = new Online();

    /** As {@link #of} reads it. */
    String name();

    /**
     * A predictor for one run.
     *
     * @param workload of the run
     * @param seed of the run
     */
    Predictor predictor(Workload workload, long seed);

    /**
     * The prediction of that name.
     *
     * @throws IllegalArgumentException if there is none; the message says which there are
     */
    static Prediction of(String name) {
        if (name.equals(ONLINE.name())) {
            return ONLINE;
        }
        if (name.equals(Oracle.EXACT)) {
            return new Oracle(0);
        }
        if (name.startsWith(Oracle.NOISY) && name.endsWith(")")) {
            try {
                return new Oracle(Double.parseDouble(name.substring(Oracle.NOISY.length(), name.length() - 1)));
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        throw new IllegalArgumentException("expected online, oracle or oracle+noise(P) with P from 0 to "
                + (int) Oracle.MAX_NOISE + ", such as oracle+noise(0.5), got '" + name + "'");
    }
}
