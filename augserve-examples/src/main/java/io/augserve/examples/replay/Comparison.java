package io.augserve.examples.replay;

import io.augserve.engine.Engine;
import io.augserve.request.ServiceLevel;
import io.augserve.simulation.Arrivals;
import io.augserve.simulation.Experiment;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.LiveReplay;
import io.augserve.simulation.Prediction;
import io.augserve.simulation.RunLabel;
import io.augserve.simulation.RunMetrics;
import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The same requests at the same times, served in real time and simulated, by the same policies with the same costs, objective and memory.
 */
final class Comparison {
    private static final String ARRIVALS = "poisson";
    private static final int WARM_UP_PARTS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final HardwareProfile profile;
    private final String traceName;
    private final List<TraceRequest> trace;
    private final Duration duration;
    private final long seed;
    private final ServiceLevel objective;
    private final LiveReplay live;

    /**
     * @param engine holds no sequence
     * @param profile of that engine
     * @param traceName for reports
     * @param trace requests to draw from
     * @param duration of the arrivals and of a run
     * @param seed of arrivals and requests
     * @param objective of requests without one of their own
     */
    Comparison(Engine engine, HardwareProfile profile, String traceName, List<TraceRequest> trace, Duration duration,
            long seed, ServiceLevel objective) {
        this.profile = profile;
        this.traceName = traceName;
        this.trace = trace;
        this.duration = duration;
        this.seed = seed;
        this.objective = objective;
        this.live = new LiveReplay(engine, profile.machine(), objective);
    }

    /** A run of at most two seconds that nobody looks at, so that the first policy does not pay for the compiler. */
    void warmUp(String policy, double rate) throws InterruptedException {
        Duration brief = duration.dividedBy(WARM_UP_PARTS);
        Duration limit = brief.compareTo(WARM_UP) < 0 ? brief : WARM_UP;
        live.run(Workload.drawn(trace, Arrivals.poisson(rate), limit, seed), policy, limit, limit);
    }

    /** Takes as long as the duration says, and a moment more. */
    Pair run(String policy, double rate) throws InterruptedException {
        Arrivals arrivals = Arrivals.poisson(rate);
        RunLabel label = new RunLabel(policy, profile.name(), traceName, Prediction.ONLINE.name(), ARRIVALS,
                OptionalDouble.of(rate), seed);
        RunMetrics served = live.run(Workload.drawn(trace, arrivals, duration, seed), policy, duration, duration)
                .metrics(label, objective);
        Experiment experiment = new Experiment(policy, profile, traceName, trace, Prediction.ONLINE,
                Optional.of(new Experiment.Load(ARRIVALS, rate, arrivals)), duration, seed, objective);
        return new Pair(served, experiment.run().metrics());
    }
}
