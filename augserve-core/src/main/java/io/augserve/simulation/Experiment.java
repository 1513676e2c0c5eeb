package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.request.ServiceLevel;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One run to be made: a policy on a machine under a load.
 *
 * @param policy one of {@link Policies#names()} or {@link Policies#ablations()}
 * @param profile the machine
 * @param traceName what reports call the trace
 * @param trace requests to draw from, at least one; they must fit the machine's KV cache
 * @param prediction where estimates come from
 * @param load how often they come; without one the trace is replayed at its own arrival times
 * @param duration of the arrivals and of the run
 * @param seed of everything random
 * @param objective of requests that have none of their own
 */
public record Experiment(String policy, HardwareProfile profile, String traceName, List<TraceRequest> trace,
        Prediction prediction, Optional<Load> load, Duration duration, long seed, ServiceLevel objective) {
    /** What reports call the arrivals of a replay. */
    private static final String REPLAY = "trace";

    /**
     * How often requests come.
     *
     * @param name what reports call the arrivals, such as {@code poisson}
     * @param rate mean arrivals per second
     * @param arrivals with that mean
     */
    public record Load(String name, double rate, Arrivals arrivals) {}

    /**
     * @throws IllegalArgumentException if there is no such policy, no request, no time, or a request that the machine cannot hold
     */
    public Experiment {
        requireNonNull(profile, "profile");
        trace = List.copyOf(trace);
        requireNonNull(prediction, "prediction");
        requireNonNull(objective, "objective");
        Policies.requireName(policy);
        if (trace.isEmpty()) {
            throw new IllegalArgumentException("trace " + traceName + ": expected at least one request");
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("duration: expected > 0, got " + duration);
        }
        int room = profile.kvBlocks() * profile.blockSize();
        int tools = Scripts.toolNames(trace).size();
        for (TraceRequest request : trace) {
            ScriptTokens.requireFits(request, tools);
            if (request.finalContext() > room) {
                throw new IllegalArgumentException(
                        "trace " + traceName + ", request " + request.id() + ": expected at most "
                                + room + " tokens, which is the KV cache of " + profile.name() + ", got "
                                + request.finalContext());
            }
        }
    }

    /** Makes the run. Several may be made at the same time, each on a thread of its own. */
    public Report run() {
        Workload workload = load.isPresent()
                ? Workload.drawn(trace, load.get().arrivals(), duration, seed)
                : Workload.replay(trace);
        Policy served = Policies.create(policy, profile.machine()).orElseThrow();
        Simulation simulation = new Simulation(profile, workload, served.scheduler(), served.batchPolicy(),
                prediction.predictor(workload, seed), objective);
        Simulation.Result result = simulation.run(duration, duration);
        RunLabel label = new RunLabel(policy, profile.name(), traceName, prediction.name(),
                load.map(Load::name).orElse(REPLAY),
                load.map(each -> OptionalDouble.of(each.rate())).orElse(OptionalDouble.empty()), seed);
        return new Report(result.metrics(label, objective), result.outcomes(), simulation.timeline());
    }

    /**
     * What a run gave.
     *
     * @param metrics figures
     * @param outcomes of every request that arrived
     * @param timeline how the machine was used
     */
    public record Report(RunMetrics metrics, List<RequestOutcome> outcomes, List<TimelinePoint> timeline) {
        /** Copies the lists. */
        public Report {
            outcomes = List.copyOf(outcomes);
            timeline = List.copyOf(timeline);
        }
    }
}
