package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One plan of {@link GoodputScheduler}: hands out tokens in its order, and takes the memory that they need. */
final class GoodputPass {
    /** Waiting requests on time that a plan looks at: more cannot start in one step. */
    static final int LOOKED_AT = 128;
    /** How many times as demanding a running request must be for a waiting one to take its place. */
    static final double WORTH_DISPLACING = 1.5;
    /** Waiting requests passed over for want of memory before the plan stops looking for a smaller one. */
    private static final int MISSES = 8;
    /** Requests of the best-effort lane that begin in one step. */
    private static final int LATE_STARTS = 8;
    /** Share of host memory that stays free when late requests change places. */
    private static final double HOST_RESERVE = 0.3;
    private static final Comparator<Candidate> LEAST_DEMAND = Comparator.<Candidate>comparingDouble(each -> each.demand)
            .thenComparingLong(Candidate::id);

    private final KvCache kv;
    private final PrefixReuse prefixes;
    private final Prospects prospects;
    private final FreeRide ride;
    private final BestEffortLane lane;
    private final long now;
    private final PlanDraft draft;
    private final Displacement displacement;
    private final int copies;
    private final List<Candidate> onTime = new ArrayList<>();
    private final List<Candidate> late = new ArrayList<>();

    /** @param running those of the view */
    GoodputPass(SchedulerView view, List<Candidate> running, Prospects prospects, FreeRide ride, IdleMemory idle,
            BestEffortLane lane) {
        this.now = view.nowNanos();
        this.ride = ride;
        this.kv = view.kvCache();
        this.prefixes = PrefixReuse.CACHED.apply(kv);
        this.prospects = prospects;
        this.lane = lane;
        this.draft = new PlanDraft(view);
        this.copies = prospects.hiddenCopies(view);
        for (Candidate candidate : running) {
            prospects.assess(candidate, view.nowNanos());
            (candidate.late ? late : onTime).add(candidate);
        }
        onTime.sort(LEAST_DEMAND);
        this.displacement = new Displacement(view, draft, idle, prospects, onTime, late);
    }

    StepPlan plan(Candidate[] waiting) {
        endTurns();
        guaranteed();
        boolean denied = serveOnTime(waiting);
        leftovers(denied);
        startLate(denied);
        if (draft.grants.isEmpty() && !draft.preempts()) {
            force();
        }
        return draft.plan();
    }

    /** Late requests that have had their turn make room for the next in the lane, as long as they can come back without recompute. */
    private void endTurns() {
        for (Candidate candidate : late) {
            if (!lane.isEmpty() && BestEffortLane.hadItsTurn(candidate) && draft.movedBlocks() < copies
                    && draft.hostFree() - kv.held(candidate.id()) > HOST_RESERVE * kv.hostCapacity()) {
                displacement.stop(candidate);
            }
        }
    }

    private void guaranteed() {
        for (Candidate candidate : late) {
            if (lane.hasCredit() && !draft.isTouched(candidate.request) && offer(candidate)) {
                spend(candidate);
            }
        }
        startLate(true);
    }

    /** Whether a waiting request was denied memory or a place. */
    private boolean serveOnTime(Candidate[] waiting) {
        onTime.addAll(List.of(waiting));
        onTime.sort(LEAST_DEMAND);
        int misses = 0;
        for (Candidate candidate : onTime) {
            if (draft.budget() <= 0) {
                return misses > 0;
            }
            boolean looksOn = !candidate.waits || misses < MISSES;
            if (looksOn && !draft.isTouched(candidate.request) && !offer(candidate) && candidate.waits
                    && rides(candidate)) {
                misses++;
            }
        }
        return misses > 0;
    }

    /** Late requests that run go on if nobody else who runs or waits has to give anything for it. */
    private void leftovers(boolean denied) {
        for (Candidate candidate : late) {
            if (draft.budget() > 0 && !draft.isTouched(candidate.request)) {
                offerIdle(candidate, denied);
            }
        }
    }

    /** Late requests begin, in their order: at the others' expense while the lane has credit, else in what nobody on time wanted. */
    private void startLate(boolean denied) {
        for (int i = 0; i < LATE_STARTS && draft.budget() > 0; i++) {
            Candidate next = lane.next().orElse(null);
            if (next == null || draft.isTouched(next.request) || (denied && !lane.hasCredit())) {
                return;
            }
            boolean granted = lane.hasCredit()
                    ? offer(next)
                    : draft.hasRoomFor(next.request) && offerIdle(next, denied);
            if (!granted) {
                return;
            }
            lane.begins(next);
            if (lane.hasCredit()) {
                spend(next);
            }
        }
    }

    private void spend(Candidate candidate) {
        lane.spend(prospects.stepDemand(candidate.request, draft.grants.getLast().tokens()));
    }

    /** Tokens that it is granted if it is; 0 if it should wait for a ride, or for what another one computes for it. */
    private int tokens(Candidate candidate, int reused) {
        if (candidate.waits && prefixes.comesSoon(candidate.request, reused)) {
            return 0;
        }
        return ride.tokens(draft.tokensFor(candidate.request, reused), candidate.latestStart - now);
    }

    private boolean rides(Candidate candidate) {
        return tokens(candidate, reused(candidate)) > 0;
    }

    /** Whether the copies that bring it back still hide behind the step; the first one of a step always does. */
    private boolean canComeBack(Candidate candidate) {
        int hosted = kv.hostHeld(candidate.id());
        return hosted == 0 || draft.movedBlocks() == 0 || draft.movedBlocks() + hosted <= copies;
    }

    /** Grants it tokens, and takes the place and the memory that they need from others if it may. */
    private boolean offer(Candidate candidate) {
        if (draft.budget() <= 0 || !canComeBack(candidate)) {
            return false;
        }
        // Mostly nobody has to give anything.
        if (draft.hasRoomFor(candidate.request) && grant(candidate)) {
            return true;
        }
        if (!rides(candidate)) {
            return false;
        }
        while (!draft.hasRoomFor(candidate.request)) {
            if (draft.movedBlocks() >= copies || !displacement.takePlace(candidate)) {
                return false;
            }
        }
        while (!grant(candidate)) {
            if (draft.movedBlocks() >= copies || !displacement.takeMemory(candidate)) {
                return false;
            }
        }
        return true;
    }

    /** Grants it tokens if the memory for them is free, or paused contexts have it that nobody on time has asked for. */
    private boolean offerIdle(Candidate candidate, boolean denied) {
        if (!canComeBack(candidate)) {
            return false;
        }
        while (!grant(candidate)) {
            if (denied || !rides(candidate) || draft.movedBlocks() >= copies
                    || !displacement.takeFromPaused(candidate)) {
                return false;
            }
        }
        return true;
    }

    /** Grants it tokens if that needs nothing of anybody. */
    private boolean grant(Candidate candidate) {
        int reused = reused(candidate);
        int tokens = tokens(candidate, reused);
        boolean granted = tokens > 0 && draft.tryGrant(candidate.request, tokens, reused);
        if (granted) {
            ride.take(tokens);
            prefixes.computes(candidate.request, candidate.request.computedTokens() + reused);
        }
        return granted;
    }

    private int reused(Candidate candidate) {
        return candidate.request.state() == RequestState.WAITING ? prefixes.reused(candidate.request) : 0;
    }

    private void force() {
        Candidate first = !onTime.isEmpty()
                ? onTime.getFirst()
                : !late.isEmpty() ? late.getFirst() : lane.next().orElse(null);
        if (first == null || draft.isTouched(first.request) || !draft.hasRoomFor(first.request)) {
            return;
        }
        while (!grant(first)) {
            if (!displacement.takeFromAnybody(first)) {
                return;
            }
        }
        if (first.waits && first.late) {
            lane.begins(first);
        }
    }
}
