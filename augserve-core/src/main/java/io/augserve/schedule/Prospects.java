package io.augserve.schedule;

import io.augserve.predict.CostModel;
import io.augserve.predict.SegmentEstimate;

/**
 * What a request still needs of the machine, and how long it can wait without missing its objective.
 *
 * <p>The <b>demand</b> is in machine-seconds: the time for which the machine would be full of this request alone. With K tokens computed, P
 * to prefill, G to decode in this segment, and G' and R' expected of later segments and their tools ({@link SegmentEstimate#later()}):
 *
 * <pre>
 * demand = (b * (P + R') + It * (G * s(K + P + G/2) + G' * s(K + P + G + (G' + R')/2))) / 2^priority
 * s(x)   = max(x / capacity, 1 / maxRunning)
 * </pre>
 *
 * b are the seconds that a token of prefill adds to a step and It those of a step without prefill ({@link StepPrice}), s the share of the
 * machine that a request of x tokens takes: of its KV cache or of its running set, whichever is scarcer for it. So a token of prefill costs
 * the time that it takes from all others, a decoded one the room that it keeps from them. Unlike AugServe's memory-time of one segment this
 * goes to the end of the request, because an objective is met at the end or not at all. Priority divides it: each level is worth twice the
 * one below.
 *
 * <p>The <b>latest start</b> is when service must begin so that the first token comes in time (if there is none yet) and the present
 * segment ends within the normalized latency: {@code arrival + tools + limit * outputs at its end - (prefill + G * mean step)}. Who has more than
 * five seconds left can give way cheaply and counts as {@value #PATIENT} times as demanding.
 */
final class Prospects {
    private static final double PATIENT = 1.5;
    /** A prefill shares its steps with others': it is expected to take so many times as long as its own tokens do. */
    private static final double CROWDED = 2;
    private static final long PATIENT_NANOS = 5_000_000_000L;
    /** A step counts for at most so many times the mean, for the loop may have idled. */
    private static final double LONGEST = 4;
    private static final int MAX_LEVELS = 16;

    private final CostModel costs;
    private final StepPrice price;
    // Until the first plan nothing is known to be scarce.
    private double capacity = Double.POSITIVE_INFINITY;
    private double maxRunning = 1;
    private int budget = Integer.MAX_VALUE;
    private long lastPlan;
    private boolean computing;
    private int prefilling;

    Prospects(CostModel costs) {
        this.costs = costs;
        this.price = new StepPrice(costs);
    }

    /**
     * A plan begins.
     *
     * @return seconds since the last one if that had something to compute, else 0
     */
    double planBegins(SchedulerView view) {
        capacity = (double) view.kvCache().capacity() * view.kvCache().blockSize();
        maxRunning = view.maxRunning();
        budget = view.tokenBudget();
        double seconds = computing ? Math.clamp((view.nowNanos() - lastPlan) / 1e9, 0, LONGEST * price.iteration()) : 0;
        if (seconds > 0) {
            price.observe(seconds, prefilling);
        }
        lastPlan = view.nowNanos();
        return seconds;
    }

    /** What the step will carry. */
    void planEnds(StepPlan plan) {
        computing = !plan.grants().isEmpty();
        prefilling = 0;
        for (StepPlan.Grant grant : plan.grants()) {
            prefilling += grant.tokens() > 1 ? grant.tokens() : 0;
        }
    }

    /** Seconds of a mean iteration. */
    double iterationSeconds() {
        return price.iteration();
    }

    /** Looks at a request that waits or runs. */
    void assess(Candidate candidate, long now) {
        RequestView request = candidate.request;
        SegmentEstimate estimate = request.estimate();
        double prefill = Math.max(1, request.uncomputedTokens());
        double output = estimate.remainingOutput(request.segmentOutputTokens());
        double iteration = price.iteration();
        double prefillSeconds = iteration * Math.ceil(prefill / budget)
                + CROWDED * costs.secondsPerToken() * prefill;
        candidate.latestStart = latestStart(request, output, prefillSeconds);
        candidate.late = candidate.latestStart < now;
        double demand = machineSeconds(request, estimate, prefill, output);
        boolean patient = candidate.latestStart - now > PATIENT_NANOS;
        candidate.demand = Math.scalb(patient ? PATIENT * demand : demand,
                -Math.clamp(request.priority(), -MAX_LEVELS, MAX_LEVELS));
    }

    private double machineSeconds(RequestView request, SegmentEstimate estimate, double prefill, double output) {
        double context = request.computedTokens() + prefill;
        double laterOutput = estimate.later().outputTokens();
        double laterGiven = laterOutput > 0 ? estimate.later().returnedTokens() + estimate.returnedTokens() : 0;
        double decode = output * share(context + output / 2)
                + laterOutput * share(context + output + (laterOutput + laterGiven) / 2);
        return price.perPrefillToken() * (prefill + laterGiven) + price.decodeStep() * decode;
    }

    private long latestStart(RequestView request, double output, double prefillSeconds) {
        double outputs = request.outputTokens() + output;
        long deadline = request.arrivalNanos() + request.toolNanos()
                + Math.round(outputs * request.serviceLevel().normalizedLatency().toNanos());
        long start = deadline - Math.round(1e9 * (prefillSeconds + output * price.iteration()));
        if (request.outputTokens() > 0) {
            return start;
        }
        long first = request.arrivalNanos() + request.serviceLevel().timeToFirstToken().toNanos();
        return Math.min(start, first - Math.round(1e9 * prefillSeconds));
    }

    /** Machine-seconds of a step's tokens of one request. */
    double stepDemand(RequestView request, int tokens) {
        return price.perPrefillToken() * tokens + price.decodeStep() * share(request.computedTokens() + tokens);
    }

    /** Share of the machine that a context takes. */
    private double share(double context) {
        return Math.max(context / capacity, 1 / maxRunning);
    }

    /**
     * The pause from which on a full machine gains by taking a context's memory: below, bringing it back costs more machine-seconds, by
     * computing or, if that is cheaper, by copying it twice, than its room is worth in the meantime.
     */
    double worthwhilePauseSeconds() {
        return capacity * Math.min(costs.secondsPerToken(), 2 * costs.swap(1));
    }

    /** Blocks that a step can copy while it computes. */
    int hiddenCopies(SchedulerView view) {
        return SwapBudget.of(costs, view);
    }
}
