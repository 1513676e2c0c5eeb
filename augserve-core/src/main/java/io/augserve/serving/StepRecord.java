package io.augserve.serving;

import io.augserve.engine.Ticker;
import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.StepWork;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.StepPlan;
import java.time.Duration;

/** Keeps the times and counts of the step under way, if anybody watches: what a batch consists of cannot be told from it afterwards. */
final class StepRecord {
    private final Observation observation;
    private final Ticker ticker;
    private long planned;
    private long begun;
    private long ran;
    private int requests;
    private int prefill;
    private int decode;
    private int recomputed;
    private int lookedUp;
    private int reused;
    private int moved;

    StepRecord(Observation observation, Ticker ticker) {
        this.observation = observation;
        this.ticker = ticker;
    }

    /**
     * The plan's batch is reserved, and no request knows yet that it runs.
     *
     * @param now when planning began
     */
    void planned(StepPlan plan, StepTransaction transaction, long now) {
        if (!observation.on()) {
            return;
        }
        planned = now;
        requests = transaction.requests().size();
        moved = transaction.batch().movedBlocks();
        prefill = 0;
        decode = 0;
        recomputed = 0;
        lookedUp = 0;
        reused = 0;
        for (int i = 0; i < requests; i++) {
            count(plan.grants().get(i), transaction.requests().get(i));
        }
    }

    private void count(StepPlan.Grant grant, ServingRequest request) {
        if (Observation.decodes(request)) {
            decode++;
        } else {
            prefill += grant.tokens();
        }
        reused += grant.reused();
        if (request.state() == RequestState.WAITING && request.computedTokens() == grant.reused()) {
            lookedUp += request.knownTokens();
        }
    }

    /** The engine gets it. */
    void begins(long now) {
        begun = now;
        if (observation.on()) {
            observation
                    .tell(new ServerEvent.StepBegan(now, Duration.ofNanos(now - planned), requests, prefill, decode));
        }
    }

    /** The engine has returned. */
    void ran() {
        if (observation.on()) {
            ran = ticker.nanos();
        }
    }

    void recomputed(int tokens) {
        recomputed += tokens;
    }

    /** What the step brought has been told. */
    void ends(boolean failed, Occupancy occupancy) {
        StepWork work = new StepWork(requests, prefill, decode, recomputed, lookedUp, reused, moved);
        observation.tell(new ServerEvent.StepEnded(ran, Duration.ofNanos(begun - planned),
                Duration.ofNanos(ran - begun), work, failed, occupancy));
    }
}
