package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.examples.PolicyOption;
import io.augserve.request.ServiceLevel;
import io.augserve.simulation.Experiment;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.Prediction;
import io.augserve.simulation.TraceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What shall be compared: every policy on every profile, with every predictor, at every rate, with every seed.
 *
 * @param trace requests
 * @param profiles machines, at least one
 * @param policies by name, at least one
 * @param predictions where estimates come from, at least one
 * @param arrivals how requests come
 * @param rates mean arrivals per second, ascending; empty for a replay or if only a rate is searched
 * @param duration of a run
 * @param seeds at least one
 * @param firstToken overrides the profiles' own objective
 * @param normalizedLatency overrides the profiles' own objective
 */
record Scenario(Trace trace, List<HardwareProfile> profiles, List<String> policies,
        List<Prediction> predictions, ArrivalPattern arrivals, List<Double> rates, Duration duration, List<Long> seeds,
        Optional<Duration> firstToken,
        Optional<Duration> normalizedLatency) {
    /** The library's own limit of arrivals in a run. */
    static final double MAX_ARRIVALS = 10_000_000;

    /**
     * @throws BadInputException if these do not go together; a run of this scenario finds nothing wrong any more
     */
    Scenario {
        profiles = List.copyOf(profiles);
        policies = List.copyOf(policies);
        predictions = List.copyOf(predictions);
        rates = List.copyOf(rates);
        seeds = List.copyOf(seeds);
        PolicyOption.requireAll(policies);
        requireRates(rates, duration);
        requireFit(trace, profiles);
        if (arrivals.atRate().isEmpty()) {
            requireTimes(trace);
        }
    }

    boolean isReplay() {
        return arrivals.atRate().isEmpty();
    }

    /** The objective of requests without one of their own. */
    ServiceLevel objective(HardwareProfile profile) {
        ServiceLevel own = profile.serviceLevel();
        return new ServiceLevel(firstToken.orElse(own.timeToFirstToken()),
                normalizedLatency.orElse(own.normalizedLatency()));
    }

    /** One run at a rate, or a replay. */
    Experiment experiment(HardwareProfile profile, Prediction prediction, String policy, Optional<Double> rate,
            long seed) {
        return new Experiment(policy, profile, trace.name(), trace.requests(), prediction, rate.map(this::load),
                duration, seed, objective(profile));
    }

    private Experiment.Load load(double rate) {
        return new Experiment.Load(arrivals.name(), rate, arrivals.atRate().orElseThrow().apply(rate));
    }

    /** The parts of a report. */
    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (HardwareProfile profile : profiles) {
            for (Prediction prediction : predictions) {
                String title = predictions.size() == 1 ? profile.name() : profile.name() + ", " + prediction.name();
                sections.add(new Section(profile, prediction.name(), title));
            }
        }
        return sections;
    }

    /** All runs, in the order in which reports list them. */
    List<Experiment> experiments() {
        List<Optional<Double>> loads = isReplay()
                ? List.of(Optional.empty())
                : rates.stream().map(Optional::of).toList();
        List<Experiment> experiments = new ArrayList<>();
        for (HardwareProfile profile : profiles) {
            for (Prediction prediction : predictions) {
                for (Optional<Double> rate : loads) {
                    for (String policy : policies) {
                        for (long seed : seeds) {
                            experiments.add(experiment(profile, prediction, policy, rate, seed));
                        }
                    }
                }
            }
        }
        return experiments;
    }

    /** The rate whose runs are shown in detail: the middle one; empty for a replay. */
    Optional<Double> shownRate() {
        return rates.isEmpty() ? Optional.empty() : Optional.of(rates.get(rates.size() / 2));
    }

    private static void requireRates(List<Double> rates, Duration duration) {
        for (double rate : rates) {
            if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
                throw new BadInputException("--rate: expected requests per second > 0, got " + rate);
            }
            if (rate * Seconds.of(duration) >= MAX_ARRIVALS) {
                throw new BadInputException("--rate: expected fewer than " + (long) MAX_ARRIVALS
                        + " requests in --duration " + Seconds.of(duration) + ", got a rate of " + rate);
            }
        }
    }

    private static void requireFit(Trace trace, List<HardwareProfile> profiles) {
        for (HardwareProfile profile : profiles) {
            int room = profile.kvBlocks() * profile.blockSize();
            for (int i = 0; i < trace.requests().size(); i++) {
                TraceRequest request = trace.requests().get(i);
                if (request.finalContext() > room) {
                    throw new BadInputException(trace.places().get(i) + ": expected at most " + room
                            + " tokens in all, which is the KV cache of " + profile.name() + ", got "
                            + request.finalContext());
                }
            }
        }
    }

    private static void requireTimes(Trace trace) {
        for (int i = 0; i < trace.requests().size(); i++) {
            if (trace.requests().get(i).arrivalSeconds().isEmpty()) {
                throw new BadInputException(trace.places().get(i)
                        + ", arrival_s: expected seconds, since --arrivals trace replays them, got nothing");
            }
        }
    }
}
