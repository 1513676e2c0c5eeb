package io.augserve.schedule;

import static io.augserve.schedule.TestRequest.paused;
import static io.augserve.schedule.TestRequest.running;
import static io.augserve.schedule.TestRequest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans by hand; blocks of 16 tokens. */
class FcfsSchedulerTest {
    private static final int PLENTY = 1000;
    private static final List<TestRequest> NONE = List.of();

    private final Scheduler scheduler = Scheduler.fcfs();

    private StepPlan plan(int budget, int maxRunning, int blocks, List<TestRequest> running, List<TestRequest> waiting,
            List<TestRequest> paused) {
        TestView view = TestView.of(budget, maxRunning, new BlockLedger(16, blocks), running, waiting, paused);
        view.tell(scheduler);
        return scheduler.plan(view);
    }

    private static StepPlan.Grant grant(RequestView request, int tokens) {
        return new StepPlan.Grant(request, tokens);
    }

    @Test
    void plansNothingForNobody() {
        assertThat(plan(PLENTY, 8, 10, NONE, NONE, NONE)).isEqualTo(StepPlan.EMPTY);
    }

    @Test
    void runsDecodesThenFillsTheBudgetWithPrefill() {
        TestRequest decode = running(1, 21, 20);
        TestRequest prefill = waiting(2, 100);
        StepPlan plan = plan(64, 8, 10, List.of(decode), List.of(prefill), NONE);
        assertThat(plan.grants()).containsExactly(grant(decode, 1), grant(prefill, 63));
        assertThat(plan.tokens()).isEqualTo(64);
        assertThat(plan.preempted()).isEmpty();
    }

    @Test
    void continuesAChunkedPrefillBeforeTheNewcomer() {
        TestRequest chunked = running(1, 100, 64);
        TestRequest newcomer = waiting(2, 5);
        StepPlan plan = plan(32, 8, 10, List.of(chunked), List.of(newcomer), NONE);
        assertThat(plan.grants()).containsExactly(grant(chunked, 32));
    }

    @Test
    void admitsInOrderWhileTheRunningSetHasRoom() {
        TestRequest first = waiting(1, 5);
        TestRequest second = waiting(2, 6);
        TestRequest third = waiting(3, 7);
        StepPlan plan = plan(PLENTY, 2, 10, NONE, List.of(first, second, third), NONE);
        assertThat(plan.grants()).containsExactly(grant(first, 5), grant(second, 6));
    }

    @Test
    void nobodyOvertakesAHeadThatDoesNotFit() {
        StepPlan plan = plan(PLENTY, 8, 3, List.of(running(1, 17, 16)), List.of(waiting(2, 40), waiting(3, 1)), NONE);
        // Request 1 takes the second block; 40 tokens need three, one is free.
        assertThat(plan.grants()).extracting(grant -> grant.request().id()).containsExactly(1L);
        assertThat(plan.preempted()).isEmpty();
    }

    @Test
    void preemptsTheYoungestUntilTheOldestFits() {
        // Four blocks, all held: 2 + 1 + 1. The oldest needs a third.
        TestRequest oldest = running(1, 33, 32);
        TestRequest middle = running(2, 10, 9);
        TestRequest youngest = running(3, 10, 9);
        StepPlan plan = plan(PLENTY, 8, 4, List.of(oldest, middle, youngest), List.of(waiting(4, 1)), NONE);
        assertThat(plan.preempted()).containsExactly(youngest);
        assertThat(plan.grants()).containsExactly(grant(oldest, 1), grant(middle, 1));
    }

    @Test
    void preemptsTheRequestAtHandIfItIsTheYoungest() {
        TestRequest older = running(1, 10, 9);
        TestRequest younger = running(2, 17, 16);
        StepPlan plan = plan(PLENTY, 8, 2, List.of(older, younger), NONE, NONE);
        assertThat(plan.grants()).containsExactly(grant(older, 1));
        assertThat(plan.preempted()).containsExactly(younger);
    }

    @Test
    void preemptsSeveralYoungestFirst() {
        // The oldest's chunk of 48 needs three blocks; each other holds one, one is free.
        TestRequest oldest = running(1, 64, 16);
        TestRequest second = running(2, 10, 9);
        TestRequest third = running(3, 10, 9);
        StepPlan plan = plan(PLENTY, 8, 4, List.of(oldest, second, third), NONE, NONE);
        assertThat(plan.preempted()).containsExactly(third, second);
        assertThat(plan.grants()).containsExactly(grant(oldest, 48));
    }

    @Test
    void discardsThePausedAndSpendsTheirBlocksAtOnce() {
        TestRequest away = paused(1, 48);
        TestRequest newcomer = waiting(2, 60);
        StepPlan plan = plan(PLENTY, 8, 4, NONE, List.of(newcomer), List.of(away, paused(3, 0)));
        assertThat(plan.discarded()).containsExactly(away);
        assertThat(plan.grants()).containsExactly(grant(newcomer, 60));
    }

    @Test
    void doesNotPreemptForBlocksThatThePausedGiveBack() {
        TestRequest runner = running(1, 17, 16);
        TestRequest other = running(2, 10, 9);
        StepPlan plan = plan(PLENTY, 8, 3, List.of(runner, other), NONE, List.of(paused(3, 16)));
        assertThat(plan.preempted()).isEmpty();
        assertThat(plan.grants()).containsExactly(grant(runner, 1), grant(other, 1));
    }

    @Test
    void aRequestThatCameBackAtOnceGoesOnFromWhereItWas() {
        TestRequest back = new TestRequest(2, RequestState.WAITING, 40, 32);
        StepPlan plan = plan(PLENTY, 8, 4, NONE, List.of(back), NONE);
        assertThat(plan.discarded()).isEmpty();
        assertThat(plan.grants()).containsExactly(grant(back, 8));
    }

    @Test
    void blocksOfOneThatWaitsDoNotKeepTheHeadFromEverFitting() {
        // With 2 of 4 blocks held behind it, 49 tokens would never fit; nothing runs, so nothing would ever change.
        TestRequest head = waiting(1, 49);
        TestRequest back = new TestRequest(2, RequestState.WAITING, 40, 32);
        StepPlan plan = plan(PLENTY, 8, 4, NONE, List.of(head, back), NONE);
        assertThat(plan.discarded()).containsExactly(back);
        assertThat(plan.grants()).containsExactly(grant(head, 49));
    }

    @Test
    void takesFromThoseWhoWaitBeforeItPreempts() {
        // Four blocks, all held: 1 + 1 run, 1 + 1 wait; the oldest needs a second one.
        TestRequest oldest = running(1, 17, 16);
        TestRequest younger = running(2, 10, 9);
        TestRequest back = new TestRequest(3, RequestState.WAITING, 20, 16);
        TestRequest lastBack = new TestRequest(4, RequestState.WAITING, 20, 16);
        StepPlan plan = plan(PLENTY, 8, 4, List.of(oldest, younger), List.of(back, lastBack), NONE);
        assertThat(plan.discarded()).containsExactly(lastBack);
        assertThat(plan.preempted()).isEmpty();
        assertThat(plan.grants()).containsExactly(grant(oldest, 1), grant(younger, 1));
    }

    @Test
    void leavesRunnersBeyondTheBudgetAsTheyAre() {
        TestRequest first = running(1, 10, 9);
        TestRequest second = running(2, 10, 9);
        StepPlan plan = plan(1, 8, 4, List.of(first, second), NONE, NONE);
        assertThat(plan.grants()).containsExactly(grant(first, 1));
        assertThat(plan.preempted()).isEmpty();
    }
}
