package io.augserve.simulation;

import io.augserve.predict.Outlook;
import io.augserve.predict.Predictor;
import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Knows the script: estimates are what will happen, or that with an error. With noise p, each value v becomes v + N(0, p * v), cut off at
 * its lowest possible value, as the released benchmark of MARS disturbs its oracle; the error of one segment stays the same however
 * often it is estimated.
 */
public final class OraclePredictor implements Predictor {
    private final Map<String, TraceRequest> scripts = new HashMap<>();
    private final double noise;
    private final long seed;

    private OraclePredictor(Workload workload, double noise, long seed) {
        if (!(noise >= 0)) {
            throw new IllegalArgumentException("noise: expected >= 0, got " + noise);
        }
        workload.submissions().forEach(each -> scripts.put(ScriptedCallers.name(each), each.request()));
        this.noise = noise;
        this.seed = seed;
    }

    /** Estimates without error. */
    public static OraclePredictor exact(Workload workload) {
        return new OraclePredictor(workload, 0, 0);
    }

    /**
     * Estimates with an error.
     *
     * @param noise standard deviation as a share of the value; at least 0
     */
    public static OraclePredictor noisy(Workload workload, double noise, long seed) {
        return new OraclePredictor(workload, noise, seed);
    }

    @Override
    public SegmentEstimate estimate(RequestFacts request) {
        TraceRequest script = scripts.get(request.name());
        if (script == null) {
            throw new IllegalArgumentException("request " + request.name() + " is not in the workload");
        }
        TraceSegment segment = script.segments().get(request.segment());
        RandomGenerator random = new SplittableRandom(seed ^ (request.id() * 1_000_003L + request.segment()));
        return new SegmentEstimate(Math.max(1, disturbed(segment.outputTokens(), random)),
                Math.max(0, disturbed(segment.toolSeconds(), random)),
                Math.max(0, disturbed(segment.returnedTokens(), random)), later(script, request.segment(), random));
    }

    private Outlook later(TraceRequest script, int segment, RandomGenerator random) {
        int output = 0;
        int returned = 0;
        for (int k = segment + 1; k < script.segments().size(); k++) {
            output += script.segments().get(k).outputTokens();
            returned += script.segments().get(k).returnedTokens();
        }
        return new Outlook(Math.max(0, disturbed(output, random)), Math.max(0, disturbed(returned, random)));
    }

    private double disturbed(double value, RandomGenerator random) {
        return noise == 0 ? value : value + random.nextGaussian() * noise * value;
    }
}
