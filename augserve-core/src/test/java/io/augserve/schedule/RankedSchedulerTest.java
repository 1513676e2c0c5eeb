package io.augserve.schedule;

import static io.augserve.schedule.TestRequest.running;
import static io.augserve.schedule.TestRequest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans by hand in the order of arrival, which is that of ids; blocks of 16 tokens. */
class RankedSchedulerTest {
    /** A step hides the copies of 2 blocks. */
    private static final CostModel TWO_BLOCKS = new CostModel(0.032, 0, 0.001);
    /** A step hides all copies. */
    private static final CostModel FREE_COPIES = new CostModel(0.032, 0, 0);
    private static final List<TestRequest> NONE = List.of();

    private static Scheduler swapping(CostModel costs) {
        return new RankedScheduler(RequestOrder.arrival(), costs, Eviction.swap(costs), Integer.MAX_VALUE);
    }

    private static TestRequest holder(long id, int known, int computed) {
        return new TestRequest(id, RequestState.WAITING, known, computed);
    }

    private static StepPlan plan(Scheduler scheduler, BlockLedger ledger, List<TestRequest> running,
            List<TestRequest> waiting) {
        for (TestRequest request : waiting) {
            if (request.computedTokens() > 0) {
                scheduler.returned(request, 0);
            } else {
                scheduler.arrived(request, 0);
            }
        }
        return scheduler.plan(TestView.of(1_000, 8, ledger, running, waiting, NONE));
    }

    @Test
    void aWaitingRequestTakesTheBlocksOfAHolderOfLessValue() {
        TestRequest newcomer = waiting(1, 40);
        TestRequest holder = holder(5, 60, 48);
        StepPlan plan = plan(swapping(FREE_COPIES), new BlockLedger(16, 4), NONE, List.of(holder, newcomer));
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(newcomer, 40));
        assertThat(plan.discarded()).containsExactly(holder);
    }

    @Test
    void whatAHolderLosesGoesToHostMemoryIfThereIsRoom() {
        TestRequest newcomer = waiting(1, 40);
        TestRequest holder = holder(5, 60, 48);
        StepPlan plan = plan(swapping(FREE_COPIES), new BlockLedger(16, 4, 3), NONE, List.of(holder, newcomer));
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(newcomer, 40));
        assertThat(plan.discarded()).isEmpty();
        assertThat(plan.swapOuts()).containsExactly(new StepPlan.Swap(holder, 3));
    }

    @Test
    void theStepMustHideTheCopies() {
        TestRequest newcomer = waiting(1, 40);
        TestRequest holder = holder(5, 60, 48);
        StepPlan plan = plan(swapping(TWO_BLOCKS), new BlockLedger(16, 4, 3), NONE, List.of(holder, newcomer));
        assertThat(plan.discarded()).containsExactly(holder);
        assertThat(plan.swapOuts()).isEmpty();
    }

    @Test
    void aHolderOfMoreValueRuns() {
        TestRequest holder = holder(5, 60, 48);
        TestRequest newcomer = waiting(9, 40);
        StepPlan plan = plan(swapping(FREE_COPIES), new BlockLedger(16, 4), NONE, List.of(holder, newcomer));
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(holder, 12));
        assertThat(plan.discarded()).isEmpty();
    }

    @Test
    void nobodyIsEvictedInVain() {
        TestRequest decode = running(0, 64, 63);
        TestRequest newcomer = waiting(1, 80);
        TestRequest holder = holder(5, 60, 48);
        // One block is free and the holder has three; the newcomer needs five.
        StepPlan plan = plan(swapping(FREE_COPIES), new BlockLedger(16, 8), List.of(decode), List.of(holder, newcomer));
        assertThat(plan.discarded()).isEmpty();
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(decode, 1), new StepPlan.Grant(holder, 12));
    }

    @Test
    void aRunningVictimIsSwappedOrRecomputed() {
        TestRequest first = running(1, 33, 32);
        TestRequest last = running(2, 33, 32);
        StepPlan swapped = plan(swapping(FREE_COPIES), new BlockLedger(16, 4, 2), List.of(first, last), NONE);
        assertThat(swapped.grants()).containsExactly(new StepPlan.Grant(first, 1));
        assertThat(swapped.swapOuts()).containsExactly(new StepPlan.Swap(last, 2));
        assertThat(swapped.preempted()).isEmpty();

        Scheduler recomputing = new RankedScheduler(RequestOrder.arrival(), FREE_COPIES, Eviction.recompute(), 9);
        StepPlan recomputed = plan(recomputing, new BlockLedger(16, 4, 2), List.of(first, last), NONE);
        assertThat(recomputed.grants()).containsExactly(new StepPlan.Grant(first, 1));
        assertThat(recomputed.preempted()).containsExactly(last);
        assertThat(recomputed.swapOuts()).isEmpty();
    }

    @Test
    void blocksComeBackOverStepsAndTheRequestRunsInTheLast() {
        BlockLedger ledger = new BlockLedger(16, 6, 6);
        TestRequest hosted = holder(1, 90, 80);
        ledger.reserve(1, 80);
        ledger.swapOut(1, 5);
        Scheduler scheduler = swapping(TWO_BLOCKS);
        scheduler.preempted(hosted, 0);
        TestView view = new TestView(1_000, 8, ledger, NONE, List.of(hosted), NONE);
        for (int step = 0; step < 2; step++) {
            StepPlan plan = scheduler.plan(view);
            assertThat(plan.grants()).isEmpty();
            assertThat(plan.swapIns()).containsExactly(new StepPlan.Swap(hosted, 2));
            ledger.swapIn(1, 2);
        }
        StepPlan plan = scheduler.plan(view);
        assertThat(plan.swapIns()).containsExactly(new StepPlan.Swap(hosted, 1));
        assertThat(plan.grants()).containsExactly(new StepPlan.Grant(hosted, 10));
    }

    @Test
    void whoWaitsTooLongIsPromotedInTheOrderOfWaiting() {
        StarvationGuard guard = new StarvationGuard(2);
        TestRequest first = waiting(1, 1);
        TestRequest second = waiting(2, 1);
        TestRequest served = waiting(3, 1);
        guard.waits(first);
        guard.waits(served);
        assertThat(guard.plan()).isEmpty();
        guard.waits(second);
        guard.runs(served);
        assertThat(guard.plan()).containsExactly(first);
        assertThat(guard.plan()).containsExactly(second);
        assertThat(guard.value(first)).isGreaterThan(guard.value(second));
        guard.ended(first);
        assertThat(guard.isPromoted(first)).isFalse();
        assertThat(guard.isPromoted(second)).isTrue();
        assertThat(guard.isPromoted(served)).isFalse();
    }
}
