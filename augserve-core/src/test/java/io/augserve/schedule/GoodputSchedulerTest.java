package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Forward passes of 0.01 s + 0.1 ms a token; 10 blocks of 100 tokens, a budget of 200, four places. */
class GoodputSchedulerTest {
    private static final int HOST_BLOCKS = 20;
    private static final CostModel COSTS = new CostModel(0.01, 0.0001, 0.00001);

    private final GoodputScheduler scheduler = new GoodputScheduler(COSTS, 0, 0.02);
    private BlockLedger ledger = new BlockLedger(100, 10, HOST_BLOCKS);

    private StepPlan plan(double seconds, Asked... running) {
        return scheduler.plan(GoodputView.at(seconds, ledger).running(running));
    }

    private Asked arrives(long id, int known, double seconds) {
        Asked request = new Asked(id, known, seconds);
        scheduler.arrived(request, request.arrivalNanos());
        return request;
    }

    /** A request that runs with so many of its known tokens computed. */
    private Asked runs(long id, int known, int computed, double arrival) {
        Asked request = arrives(id, known, arrival);
        StepPlan first = plan(arrival);
        assertThat(granted(first)).containsExactly(request);
        ledger.reserve(id, computed);
        return request.runs(computed);
    }

    private void pauses(Asked request, double now, double toolSeconds) {
        request.pauses(now, toolSeconds);
        scheduler.paused(request, Math.round(now * 1e9));
    }

    private static List<RequestView> granted(StepPlan plan) {
        return plan.grants().stream().map(StepPlan.Grant::request).toList();
    }

    @Test
    void theLeastDemandingGoesFirst() {
        Asked large = arrives(1, 150, 0);
        Asked small = arrives(2, 80, 0);
        StepPlan plan = plan(0.1);
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(small, 80), new StepPlan.Grant(large, 120));
    }

    @Test
    void aPromptRidesAlongAsLongAsItHasTime() {
        GoodputScheduler riding = new GoodputScheduler(COSTS, 60, 0.02);
        Asked request = new Asked(1, 150, 0);
        riding.arrived(request, 0);
        // Three chunks of 60 fit into the second that it has; later on they do not.
        assertThat(riding.plan(GoodputView.at(0.1, ledger)).grants()).containsExactly(new StepPlan.Grant(request, 60));
        request.runs(60);
        ledger.reserve(1, 60);
        assertThat(riding.plan(GoodputView.at(0.95, ledger).running(request)).grants())
                .containsExactly(new StepPlan.Grant(request, 90));
    }

    @Test
    void priorityOutweighsDemand() {
        Asked small = arrives(1, 120, 0);
        Asked important = new Asked(2, 150, 0);
        important.priority = 3;
        scheduler.arrived(important, 0);
        assertThat(granted(plan(0.1))).containsExactly(important, small);
    }

    @Test
    void whoCanNotMeetItsObjectiveGoesAfterAllWhoCan() {
        Asked late = arrives(1, 50, 0);
        Asked onTime = arrives(2, 190, 5);
        assertThat(plan(5).grants()).containsExactly(new StepPlan.Grant(onTime, 190), new StepPlan.Grant(late, 10));
    }

    @Test
    void aWaitingRequestBecomesLateByItself() {
        Asked first = arrives(1, 50, 0);
        Asked second = arrives(2, 190, 1.5);
        assertThat(granted(plan(1.5))).containsExactly(second, first);
    }

    @Test
    void aPauseAloneMovesNothing() {
        Asked paused = runs(1, 200, 200, 0);
        pauses(paused, 0.5, 60);
        StepPlan plan = plan(1);
        assertThat(plan.discarded()).isEmpty();
        assertThat(plan.swapOuts()).isEmpty();
    }

    @Test
    void aLongPauseGivesItsMemoryToWhoNeedsIt() {
        Asked shorter = runs(1, 200, 400, 0);
        Asked longer = runs(2, 200, 500, 0);
        pauses(shorter, 0.5, 30);
        pauses(longer, 0.5, 60);
        arrives(3, 190, 1);
        StepPlan plan = plan(1);
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(longer, 5));
        assertThat(plan.tokens()).isEqualTo(190);
    }

    @Test
    void withoutHostMemoryItIsDiscarded() {
        ledger = new BlockLedger(100, 10);
        Asked paused = runs(1, 200, 1_000, 0);
        pauses(paused, 0.5, 60);
        arrives(2, 190, 1);
        StepPlan plan = plan(1);
        assertThat(plan.discarded()).containsExactly(paused);
        assertThat(plan.nextUses()).extracting(StepPlan.NextUse::request).containsExactly(paused);
        assertThat(plan.nextUses().getFirst().nanos()).isBetween(60_500_000_000L, 70_000_000_000L);
    }

    /** 1,010 ms for the prefill of what it has lost and 100 ms for ten tokens are not left of two seconds. */
    @Test
    void whoFallsBehindIsExpectedAfterAllOthers() {
        ledger = new BlockLedger(100, 10);
        Asked large = runs(1, 951, 950, 0);
        Asked small = arrives(2, 20, 0.2);
        StepPlan plan = plan(0.2, large);
        assertThat(plan.preempted()).containsExactly(large);
        assertThat(plan.nextUses()).extracting(StepPlan.NextUse::request).containsExactly(large);
        assertThat(plan.nextUses().getFirst().nanos()).isBetween(200_000_000L, 10_000_000_000L);
        ledger.retire(1, 950);
        ledger.reserve(2, 20);
        large.state = RequestState.WAITING;
        large.computed = 0;
        large.stateSinceSeconds = 0.2;
        scheduler.preempted(large, 200_000_000);
        List<StepPlan.NextUse> now = plan(2.5, small.runs(20)).nextUses();
        assertThat(now).extracting(StepPlan.NextUse::request).containsExactly(large);
        assertThat(now.getFirst().nanos()).isBetween(3_600_200_000_000L, 3_610_000_000_000L);
    }

    @Test
    void whoDemandsLessIsExpectedBefore() {
        ledger = new BlockLedger(100, 10);
        Asked small = runs(1, 200, 199, 0);
        Asked large = runs(2, 600, 599, 0);
        plan(0.4, small, large);
        pauses(small, 0.5, 60);
        pauses(large, 0.5, 60);
        ledger.retire(1, 199);
        ledger.retire(2, 599);
        small.computed = 0;
        large.computed = 0;
        List<StepPlan.NextUse> overdue = plan(61).nextUses();
        assertThat(overdue).extracting(StepPlan.NextUse::request).containsExactlyInAnyOrder(small, large);
        assertThat(nanos(overdue, small)).isBetween(61_000_000_000L + 60_500_000_000L, nanos(overdue, large) - 1);
    }

    private static long nanos(List<StepPlan.NextUse> uses, RequestView request) {
        return uses.stream().filter(use -> use.request() == request).findFirst().orElseThrow().nanos();
    }

    @Test
    void aPauseTooShortToBringBackIsLeftAlone() {
        Asked paused = runs(1, 200, 900, 0);
        Asked runs = runs(2, 100, 99, 0);
        // A pause pays from 1,000 tokens * 2 * 0.01 ms = 20 ms on.
        pauses(paused, 0.5, 0.019);
        arrives(3, 190, 0.5);
        StepPlan plan = plan(0.5, runs);
        assertThat(plan.discarded()).isEmpty();
        assertThat(plan.swapOuts()).isEmpty();
    }

    @Test
    void aParkedTurnHasNoSuchClaim() {
        Asked paused = runs(1, 200, 900, 0);
        Asked runs = runs(2, 100, 99, 0);
        paused.parked = true;
        pauses(paused, 0.5, 0.019);
        arrives(3, 190, 0.5);
        assertThat(plan(0.5, runs).swapOuts()).containsExactly(new StepPlan.Swap(paused, 9));
    }

    @Test
    void whoFollowsAParkedTurnWaitsWithItsKv() {
        Asked turn = runs(1, 200, 900, 0);
        pauses(turn, 0.5, 60);
        Asked next = new Asked(2, 910, 0.6);
        next.computed = ledger.handOver(1, 2, 900);
        scheduler.continued(turn, next, next.arrivalNanos());
        assertThat(plan(0.6).grants()).containsExactly(new StepPlan.Grant(next, 10));
    }

    @Test
    void itGivesThatKvToWhoDemandsLess() {
        Asked turn = runs(1, 200, 900, 0);
        pauses(turn, 0.5, 60);
        Asked next = new Asked(2, 1_000, 0.6);
        next.computed = ledger.handOver(1, 2, 800);
        scheduler.continued(turn, next, next.arrivalNanos());
        Asked small = arrives(3, 190, 0.6);
        Asked smallest = arrives(4, 150, 0.6);
        // The smallest takes the two blocks that are free, the other one needs a third.
        StepPlan plan = plan(0.6);
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(smallest, 150), new StepPlan.Grant(small, 50));
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(next, 8));
    }

    @Test
    void evenThenNobodyStandsStill() {
        Asked paused = runs(1, 200, 1_000, 0);
        pauses(paused, 0.5, 0.019);
        Asked newcomer = arrives(2, 190, 0.5);
        StepPlan plan = plan(0.5);
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(paused, 10));
        assertThat(granted(plan)).containsExactly(newcomer);
    }

    /** Without credit too: an idle machine serves who is late rather than nobody. */
    @Test
    void whoIsLateGetsWhatPausedContextsHold() {
        Asked paused = runs(1, 200, 900, 0);
        Asked runs = runs(2, 100, 99, 0);
        pauses(paused, 0.5, 600);
        Asked late = arrives(3, 150, 0.5);
        StepPlan plan = plan(60, runs);
        assertThat(granted(plan)).contains(late);
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(paused, 9));
    }

    @Test
    void aMuchMoreDemandingRunningRequestGivesWay() {
        Asked large = runs(1, 951, 950, 0);
        Asked small = arrives(2, 20, 0.2);
        StepPlan plan = plan(0.2, large);
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(large, 10));
        assertThat(granted(plan)).containsExactly(small);
    }

    @Test
    void aSimilarOneDoesNot() {
        Asked first = runs(1, 500, 499, 0);
        Asked second = runs(2, 500, 499, 0);
        arrives(3, 180, 0.1);
        StepPlan plan = plan(0.1, first, second);
        assertThat(plan.swapOuts()).isEmpty();
        assertThat(plan.preempted()).isEmpty();
    }
}
