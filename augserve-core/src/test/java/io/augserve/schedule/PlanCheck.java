package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What every plan of first come, first served must keep. */
final class PlanCheck {
    private PlanCheck() {}

    /**
     * Checks a plan and carries out what it does to the blocks: retires, then reuses, then reserves.
     *
     * @param view what the plan was made from
     * @param ledger the view's blocks
     */
    static void apply(StepPlan plan, SchedulerView view, BlockLedger ledger) {
        checkPreempted(plan, view);
        assertThat(plan.discarded()).as("the paused give back all blocks, the waiting may")
                .allMatch(request -> request.state() != RequestState.RUNNING).doesNotHaveDuplicates()
                .containsAll(view.paused().stream().filter(request -> ledger.held(request.id()) > 0).toList());
        checkGrants(plan, view);
        plan.preempted().forEach(request -> ledger.retire(request.id(), request.computedTokens()));
        plan.discarded().forEach(request -> ledger.retire(request.id(), request.computedTokens()));
        for (StepPlan.Grant grant : plan.grants()) {
            assertThat(grant.reused() % ledger.blockSize()).as("whole blocks").isZero();
            if (grant.reused() > 0) {
                // Throws if the plan reuses what is not there.
                ledger.reuse(grant.request().id(), grant.reused() / ledger.blockSize());
            }
        }
        for (StepPlan.Grant grant : plan.grants()) {
            // Throws if the plan exceeds the free blocks.
            ledger.reserve(grant.request().id(),
                    grant.request().computedTokens() + grant.reused() + grant.tokens());
        }
    }

    private static void checkPreempted(StepPlan plan, SchedulerView view) {
        List<? extends RequestView> running = view.running();
        int count = plan.preempted().size();
        assertThat(count).as("the oldest is never preempted").isLessThan(Math.max(1, running.size()));
        for (int i = 0; i < count; i++) {
            assertThat(plan.preempted().get(i)).as("youngest first").isSameAs(running.get(running.size() - 1 - i));
        }
        if (count > 0) {
            assertThat(plan.grants()).as("a step that preempts admits nobody")
                    .noneMatch(grant -> grant.request().state() == RequestState.WAITING);
        }
    }

    private static void checkGrants(StepPlan plan, SchedulerView view) {
        assertThat(plan.tokens()).as("budget").isLessThanOrEqualTo(view.tokenBudget());
        Set<Long> granted = new HashSet<>();
        int newcomers = 0;
        for (StepPlan.Grant grant : plan.grants()) {
            RequestView request = grant.request();
            assertThat(granted.add(request.id())).as("one grant each").isTrue();
            assertThat(request.state()).isIn(RequestState.RUNNING, RequestState.WAITING);
            assertThat(plan.preempted()).doesNotContain(request);
            assertThat(plan.discarded()).doesNotContain(request);
            assertThat(grant.tokens()).as("tokens").isBetween(1, request.uncomputedTokens() - grant.reused());
            newcomers += request.state() == RequestState.WAITING ? 1 : 0;
        }
        if (newcomers > 0) {
            assertThat(view.running().size() + newcomers).as("running set").isLessThanOrEqualTo(view.maxRunning());
        }
        assertThat(plan.grants()).as("in the order of the queues")
                .isSortedAccordingTo(Comparator.comparingInt(grant -> rank(view, grant.request())));
    }

    private static int rank(SchedulerView view, RequestView request) {
        List<RequestView> order = new ArrayList<>(view.running());
        order.addAll(view.waiting());
        return order.indexOf(request);
    }
}
