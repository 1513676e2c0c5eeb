package io.augserve.jmh;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import io.augserve.predict.SegmentEstimate;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a scheduler sees of a server that is always equally full: the least of a serving loop, without engine, tokens, messages and
 * events. A step plans, carries the plan out, lets every request that has caught up sample a token, and tells the scheduler what follows:
 * a segment has 68 tokens in the mean and a request 5.5 segments, as in InferCept's mixture, so that of 256 running requests about 3 pause
 * and 0.7 end in a step. As many return and arrive at once, so the numbers of waiting and paused requests stay.
 *
 * <p>Memory is what a running set of the mixture's contexts takes and some more, which paused contexts fight for.
 */
final class SteadyServer implements SchedulerView {
    private static final int BLOCK_SIZE = 16;
    /** 640 tokens for each running request; their contexts have about 400. */
    private static final int BLOCKS_PER_RUNNING = 40;
    private static final long STEP_NANOS = 30_000_000;
    private static final double PAUSES_PER_TOKEN = 4.5 / 5.5 / 68;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Policy policy;
    private final BlockLedger ledger;
    private final int maxRunning;
    private final int waitingTarget;
    private final int pausedTarget;
    private final int maxBatchTokens;
    private final double meanToolSeconds;
    private final SteadyQueue running = new SteadyQueue();
    private final SteadyQueue waiting = new SteadyQueue();
    private final SteadyQueue paused = new SteadyQueue();
    private int budget;
    private long now;
    private long nextId = 1;
    private boolean filling;

    SteadyServer(String name, int maxRunning, int waitingTarget, int pausedTarget) {
        this.maxRunning = maxRunning;
        this.waitingTarget = waitingTarget;
        this.pausedTarget = pausedTarget;
        // Room for the recompute of contexts that were discarded; otherwise the running set would only prefill.
        this.maxBatchTokens = Math.max(2_048, 8 * maxRunning);
        this.meanToolSeconds = Math.max(1, pausedTarget / (maxRunning * PAUSES_PER_TOKEN) * STEP_NANOS / 1e9);
        this.ledger = new BlockLedger(BLOCK_SIZE, maxRunning * BLOCKS_PER_RUNNING, 2 * maxRunning * BLOCKS_PER_RUNNING);
        Policies.Machine machine = new Policies.Machine(maxBatchTokens, new CostModel(0.025, 1e-4, 2e-5));
        this.policy = name.equals(BareScheduler.NAME)
                ? BareScheduler.policy(maxBatchTokens)
                : Policies.create(name, machine)
                        .orElseThrow(() -> new IllegalArgumentException("policy: expected one of "
                                + BareScheduler.NAME + ", " + String.join(", ", Policies.names()) + ", got '" + name
                                + "'"));
    }

    /** Steps until as many requests are paused, waiting and running as shall be. */
    void fill() {
        filling = true;
        while (paused.size() < pausedTarget) {
            while (waiting.size() < maxRunning && paused.size() + running.size() + waiting.size() < pausedTarget
                    + maxRunning) {
                arrive();
            }
            step();
        }
        filling = false;
        while (running.size() + waiting.size() < maxRunning + waitingTarget) {
            // Orders by time would find only equals otherwise.
            now += STEP_NANOS / 10;
            arrive();
        }
        for (int i = 0; i < 500; i++) {
            step();
        }
    }

    /** One duty cycle of the loop. */
    StepPlan step() {
        now += STEP_NANOS;
        budget = maxBatchTokens;
        budget = Math.clamp(policy.batchPolicy().tokenBudget(this), 1, maxBatchTokens);
        StepPlan plan = policy.scheduler().plan(this);
        takeMemory(plan);
        now += STEP_NANOS / 10;
        // Those who pause now stay away for one plan at least.
        int old = paused.size();
        for (StepPlan.Grant grant : plan.grants()) {
            compute((SteadyRequest) grant.request(), grant.tokens());
        }
        while (old > pausedTarget && !filling) {
            back(paused.get(random.nextInt(old--)));
        }
        return plan;
    }

    private void takeMemory(StepPlan plan) {
        for (RequestView each : plan.preempted()) {
            SteadyRequest request = (SteadyRequest) each;
            lose(request);
            request.preemptions++;
            running.take(request);
            waitsFirst(request);
        }
        for (RequestView each : plan.discarded()) {
            lose((SteadyRequest) each);
        }
        for (StepPlan.Swap swap : plan.swapOuts()) {
            SteadyRequest request = (SteadyRequest) swap.request();
            ledger.swapOut(request.id(), swap.blocks());
            if (request.state == RequestState.RUNNING) {
                running.take(request);
                waitsFirst(request);
            }
        }
        for (StepPlan.Swap swap : plan.swapIns()) {
            ledger.swapIn(swap.request().id(), swap.blocks());
        }
        for (StepPlan.Grant grant : plan.grants()) {
            SteadyRequest request = (SteadyRequest) grant.request();
            ledger.reserve(request.id(), request.computed + grant.tokens());
            if (request.state == RequestState.WAITING) {
                waiting.take(request);
                request.enter(RequestState.RUNNING, now);
                running.add(request);
            }
        }
    }

    private void lose(SteadyRequest request) {
        ledger.release(request.id());
        request.computed = 0;
    }

    private void waitsFirst(SteadyRequest request) {
        request.enter(RequestState.WAITING, now);
        waiting.addFirst(request);
        policy.scheduler().preempted(request, now);
    }

    private void compute(SteadyRequest request, int tokens) {
        request.computed += tokens;
        if (request.computed < request.known) {
            return;
        }
        request.known++;
        request.output++;
        request.segmentOutput++;
        if (request.segmentOutput < request.segmentLength) {
            return;
        }
        running.take(request);
        if (request.calls > 0) {
            request.enter(RequestState.PAUSED, now);
            paused.add(request);
            policy.scheduler().paused(request, now);
        } else {
            request.enter(RequestState.FINISHED, now);
            ledger.release(request.id());
            policy.scheduler().ended(request, now);
            arrive();
        }
    }

    private void back(SteadyRequest request) {
        paused.take(request);
        request.calls--;
        request.segment++;
        request.known += random.nextInt(1, 52);
        begin(request);
        request.enter(RequestState.WAITING, now);
        waiting.add(request);
        policy.scheduler().returned(request, now);
    }

    private void arrive() {
        // While it fills, requests begin in the midst of their life: one token and a pause.
        SteadyRequest request = new SteadyRequest(nextId++, now,
                filling ? random.nextInt(64, 640) : random.nextInt(64, 192));
        request.calls = random.nextInt(1, 9);
        begin(request);
        waiting.add(request);
        policy.scheduler().arrived(request, now);
    }

    private void begin(SteadyRequest request) {
        request.segmentOutput = 0;
        request.segmentLength = filling ? 1 : random.nextInt(16, 121);
        double seconds = -Math.log(1 - random.nextDouble()) * meanToolSeconds;
        request.estimate = new SegmentEstimate(request.segmentLength, request.calls > 0 ? seconds : 0,
                request.calls > 0 ? 26 : 0);
    }

    @Override
    public long nowNanos() {
        return now;
    }

    @Override
    public int tokenBudget() {
        return budget;
    }

    @Override
    public int maxRunning() {
        return maxRunning;
    }

    @Override
    public BlockLedger kvCache() {
        return ledger;
    }

    @Override
    public List<SteadyRequest> running() {
        return running;
    }

    @Override
    public List<SteadyRequest> waiting() {
        return waiting;
    }

    @Override
    public List<SteadyRequest> paused() {
        return paused;
    }
}
